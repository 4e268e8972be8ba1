/**
 * What the clusterwide denies leave of a unit among the identities that exist now.
 *
 * Subjects that the same denies take are looked at once; a port interval is cut where a deny begins or ends. Of an allow
 * of every protocol, a deny of ports takes a part and never all, whatever the ports.
 * Cost: O(subjects x denies) for a rule, then set operations for each group of subjects and piece of the ports.
 */
import { difference, EMPTY_SET, intersect, union, type IdentitySet } from '../../cilium/identity/identity-set.ts';
import type { LabelArray } from '../../cilium/identity/label.ts';
import { packetsOf, rangesOf, takes } from '../../cilium/policy/containment/ports.ts';
import { isUnpoliced } from '../../cilium/policy/resolve.ts';
import { ANY_PROTOCOL, type Rule } from '../../cilium/policy/rule.ts';
import { isWildcard, matches } from '../../cilium/policy/selector.ts';
import type { ClusterView } from '../../cluster/view.ts';
import type { ClusterwideDeny } from './denies.ts';
import type { Unit } from './units.ts';

export interface TodayOutcome {
  readonly denied: 'none' | 'some' | 'all';
  /** How many peers match now. */
  readonly matching: number;
  readonly causes: readonly Rule[];
}

/** Denies that take the same subjects of a rule. No subject now: no group. */
export type SubjectGroups = readonly (readonly ClusterwideDeny[])[];

export function subjectGroups(rule: Rule, denies: readonly ClusterwideDeny[], view: ClusterView): SubjectGroups {
  const groups = new Map<string, readonly ClusterwideDeny[]>();
  for (const identity of view.subjects(rule)) {
    const labels = view.labelsOf(identity);
    if (labels === undefined || isUnpoliced({ labels }, view.settings)) continue;
    const taking = denies.map((deny) => takesSubject(deny, labels));
    const key = taking.map(Number).join('');
    if (!groups.has(key))
      groups.set(
        key,
        denies.filter((_, index) => taking[index]),
      );
  }
  return [...groups.values()];
}

function subjectsOf(rule: Rule, view: ClusterView): IdentitySet {
  const isPoliced = (labels: LabelArray): boolean => !isUnpoliced({ labels }, view.settings);
  const policed = [...view.subjects(rule)].filter((identity) => isPoliced(view.labelsOf(identity) ?? []));
  return Uint32Array.from(policed).sort();
}

function takesSubject({ deny }: ClusterwideDeny, labels: LabelArray): boolean {
  return deny.side === 'own' ? matches(deny.subject, labels) : deny.peers.some((peer) => matches(peer, labels));
}

/** A wildcard peer is never denied as a whole: it also takes what has no identity yet. */
export function outcomeToday(unit: Unit, groups: SubjectGroups, view: ClusterView): TodayOutcome {
  const matching = unit.selectors.filter((peer) => !isWildcard(peer)).map((peer) => view.selections(peer));
  const today = new Today(unit, matching.reduce(union, EMPTY_SET), view);
  for (const group of groups) today.add(group);
  return today.outcome(groups.length > 0);
}

class Today {
  readonly #unit: Unit;
  readonly #matching: IdentitySet;
  readonly #view: ClusterView;
  readonly #causes = new Set<Rule>();
  readonly #hasWildcard: boolean;
  #isAll: boolean;

  constructor(unit: Unit, matching: IdentitySet, view: ClusterView) {
    this.#unit = unit;
    this.#matching = matching;
    this.#view = view;
    this.#hasWildcard = unit.selectors.some(isWildcard);
    this.#isAll = !this.#hasWildcard && matching.length > 0;
  }

  add(group: readonly ClusterwideDeny[]): void {
    const cuts = group.flatMap(({ deny }) => rangesOf(deny.ports));
    for (const packet of this.#unit.ranges.flatMap((range) => packetsOf(range, cuts))) {
      let left = this.#matching;
      for (const deny of group.filter((candidate) => takes(candidate.deny.ports, packet))) {
        left = difference(left, this.#taken(deny));
      }
      if (left.length > 0) this.#isAll = false;
    }
    if (!this.#unit.ranges.some(({ protocol }) => protocol === ANY_PROTOCOL)) return;
    for (const deny of group) if (rangesOf(deny.deny.ports).length > 0) this.#taken(deny);
  }

  outcome(hasSubjects: boolean): TodayOutcome {
    const denied = this.#causes.size === 0 ? 'none' : this.#isAll && hasSubjects ? 'all' : 'some';
    return { denied, matching: this.#matching.length, causes: [...this.#causes] };
  }

  /** What it takes of the peers on its own ports; it is a cause if that is something. */
  #taken(deny: ClusterwideDeny): IdentitySet {
    const taken = intersect(this.#matching, this.#takenBy(deny));
    if (taken.length > 0 || this.#hasWildcard) this.#causes.add(deny.rule);
    return taken;
  }

  #takenBy({ rule, deny }: ClusterwideDeny): IdentitySet {
    if (deny.side === 'other') return subjectsOf(rule, this.#view);
    if (deny.peers.some(isWildcard)) return this.#matching;
    return deny.peers.map((peer) => this.#view.selections(peer)).reduce(union, EMPTY_SET);
  }
}
