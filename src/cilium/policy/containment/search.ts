/**
 * Labels that meet one list of requirements and escape others: the search behind containment of selectors.
 *
 * A term is a conjunction of requirements; labels escape it by failing one of them. Whether labels exist that meet one
 * term and escape many is NP-hard, so the search counts its steps and gives up; below the limit it is exact: keys are
 * independent of each other, so that domains which are not empty always hold an answer, and every branch but the one
 * that failed is tried. Branches are disjoint: the second one assumes what the first one denied.
 * Cost: a step looks at one cover. Depth: each level escapes one cover more after looking at all that are open, so it
 * stays below the square root of twice the limit.
 */
import type { Budget } from '../../budget.ts';
import { canBe, narrowed, wantsLabel, type Domain } from './domain.ts';
import type { Requirement } from '../selector.ts';

/** All must hold. */
export type Term = readonly Requirement[];

/** By key; a key that is not in it is as its population has it. */
export type Assignment = ReadonlyMap<string, Domain>;

export type SearchResult =
  | { readonly kind: 'found'; readonly assignment: Assignment }
  | { readonly kind: 'none' }
  | { readonly kind: 'exhausted' };

export interface SearchSpace {
  readonly domainOf: (key: string) => Domain;
  readonly budget: Budget;
}

const NONE: SearchResult = { kind: 'none' };
const EXHAUSTED: SearchResult = { kind: 'exhausted' };

/** Of the target as much as a look at a cover costs. */
const REQUIREMENTS_PER_STEP = 16;

/** Domains of which every choice meets the target and escapes each cover. */
export function findEscape(target: Term, covers: readonly Term[], space: SearchSpace): SearchResult {
  if (wantsImpossible(target, space)) return NONE;
  if (!space.budget.spend(Math.floor(sizeOf(target) / REQUIREMENTS_PER_STEP))) return EXHAUSTED;
  const assignment = assumed(new Map(), target, true, space);
  return assignment === undefined ? NONE : solve(assignment, covers, space);
}

/** The world but for thousands of prefixes is no question about pods: the one label that it wants says so. */
function wantsImpossible(target: Term, { domainOf }: SearchSpace): boolean {
  return target.some((requirement) => wantsLabel(requirement) && !canBe(domainOf(requirement.key), requirement, true));
}

/** Requirements and values: what it costs to read a term. */
export function sizeOf(term: Term): number {
  let size = 0;
  for (const { values } of term) size += 1 + values.length;
  return size;
}

function solve(assignment: Assignment, covers: readonly Term[], space: SearchSpace): SearchResult {
  const settled = propagate(assignment, covers, space);
  if (settled.kind !== 'open') return settled;
  const shortest = settled.covers.reduce((best, cover) => (cover.length < best.length ? cover : best));
  const others = settled.covers.filter((cover) => cover !== shortest);
  return branch(settled.assignment, shortest, others, space);
}

/** Fails the cover by its first requirement, then by its second while the first holds, and so on. */
function branch(assignment: Assignment, cover: Term, others: readonly Term[], space: SearchSpace): SearchResult {
  let held: Assignment | undefined = assignment;
  for (const requirement of cover) {
    const failed = assumed(held, [requirement], false, space);
    const result = failed === undefined ? NONE : solve(failed, others, space);
    if (result.kind !== 'none') return result;
    held = assumed(held, [requirement], true, space);
    if (held === undefined) return NONE;
  }
  return NONE;
}

type Settled =
  SearchResult | { readonly kind: 'open'; readonly assignment: Assignment; readonly covers: readonly Term[] };

/** Drops covers that are escaped already, fails those that leave no choice, until only real choices are left. */
function propagate(start: Assignment, covers: readonly Term[], space: SearchSpace): Settled {
  let assignment = start;
  let open = covers;
  for (;;) {
    const forced: Requirement[] = [];
    const left: Term[] = [];
    for (const cover of open) {
      if (!space.budget.spend()) return EXHAUSTED;
      const choices = waysToFail(assignment, cover, space);
      if (choices === undefined) continue;
      const [first, second] = choices;
      if (first === undefined) return NONE;
      if (second === undefined) forced.push(first);
      else left.push(choices);
    }
    open = left;
    if (forced.length === 0) break;
    const failed = assumed(assignment, forced, false, space);
    if (failed === undefined) return NONE;
    assignment = failed;
  }
  return open.length === 0 ? { kind: 'found', assignment } : { kind: 'open', assignment, covers: open };
}

/** The requirements that may still fail; undefined if one cannot hold any more, so that the cover is escaped. */
function waysToFail(assignment: Assignment, cover: Term, space: SearchSpace): Term | undefined {
  const ways: Requirement[] = [];
  for (const requirement of cover) {
    const domain = assignment.get(requirement.key) ?? space.domainOf(requirement.key);
    if (!canBe(domain, requirement, true)) return undefined;
    if (canBe(domain, requirement, false)) ways.push(requirement);
  }
  return ways;
}

/** All of them hold, or all fail. One copy, however many they are. */
function assumed(
  start: Assignment,
  requirements: readonly Requirement[],
  holds: boolean,
  { domainOf }: SearchSpace,
): Assignment | undefined {
  const assignment = new Map(start);
  for (const requirement of joinedByKey(requirements, holds ? 'NotIn' : 'In')) {
    const domain = narrowed(assignment.get(requirement.key) ?? domainOf(requirement.key), requirement, holds);
    if (domain === undefined) return undefined;
    assignment.set(requirement.key, domain);
  }
  return assignment;
}

/** Values of one key are taken out together: thousands of denies of one value each are one set of values. */
function joinedByKey(requirements: readonly Requirement[], operator: 'In' | 'NotIn'): readonly Requirement[] {
  if (requirements.length === 1) return requirements;
  const values = new Map<string, Requirement & { readonly values: string[] }>();
  const others: Requirement[] = [];
  for (const requirement of requirements) {
    const name = `${requirement.source}:${requirement.key}`;
    const known = values.get(name);
    if (requirement.operator !== operator) others.push(requirement);
    else if (known === undefined) values.set(name, { ...requirement, values: [...requirement.values] });
    else for (const value of requirement.values) known.values.push(value);
  }
  return [...values.values(), ...others];
}
