/**
 * A number of entries that a policy map has at least, where its rules ask for more keys than anybody would merge.
 *
 * Entries of one identity meet only those of its own and of its wildcard (distill.ts), so that what some identities have is
 * counted apart from all others, until it is enough or the work is.
 * Invariant: never more than the map has. Directions with redirects, denies of port names or rules of other tiers, and ports that
 * have names, are left out; so is an entry that repeats what a wildcard allows at the same port.
 * Cost: bounded, whatever the rules; yields where the caller may pause.
 */
import { Pace } from '../../pace.ts';
import type { PolicyContext } from '../context.ts';
import { portBlocks } from '../ports.ts';
import { listedSelectors, type Ports, type Rule } from '../rule.ts';
import { isWildcard } from '../selector.ts';
import { wildcardFor, wildcardIdentities } from './aggregates.ts';
import type { Selections } from './contributions.ts';
import { L3_KEY, l4Key, portOf, prefixLengthOf, protocolOf, type L4Key } from './l4-key.ts';

/** Keys and identities that are looked at: some hundreds of milliseconds. */
const MOST_WORK = 2 ** 20;
const WORK_PER_PAUSE = 4096;

export interface LeastInputs extends Selections {
  readonly context: PolicyContext;
}

/** `rules` are those that select the endpoint. Returns as soon as there are more than `enough`. */
export function* leastEntrySteps(
  rules: readonly Rule[],
  inputs: LeastInputs,
  enough: number,
  mostWork = MOST_WORK,
): Generator<undefined, number> {
  const work = new Work(mostWork);
  let found = 0;
  for (const direction of ['ingress', 'egress'] as const) {
    const applying = rules.filter((rule) => rule.direction === direction && rule.peers.kind !== 'none');
    if (applying.some(mayOverrule) || (yield* hasRedirects(applying, work))) continue;
    const selected = yield* selectedBy(applying, inputs, work);
    if (selected === undefined) continue;
    for (const identity of candidates(selected, inputs)) {
      found += yield* entriesFor(identity, selected, { inputs, work, enough: enough - found });
      if (found > enough || work.isDone()) return found;
    }
  }
  return found;
}

class Work {
  #left: number;
  readonly #pace = new Pace(WORK_PER_PAUSE);

  constructor(most: number) {
    this.#left = most;
  }

  isDone(): boolean {
    return this.#left <= 0;
  }

  *spend(steps: number): Generator<undefined, void> {
    this.#left -= steps;
    if (this.#pace.isPauseDue(steps)) yield;
  }
}

interface SelectingRule {
  readonly rule: Rule;
  readonly isForEveryone: boolean;
  readonly ids: ReadonlySet<number>;
}

/** undefined: too much work. A rule that is not known might be a deny. */
function* selectedBy(
  rules: readonly Rule[],
  inputs: Selections,
  work: Work,
): Generator<undefined, readonly SelectingRule[] | undefined> {
  const selected: SelectingRule[] = [];
  for (const rule of rules) {
    const selectors = listedSelectors(rule.peers);
    const isForEveryone = rule.peers.kind === 'any' || selectors.some(isWildcard);
    const ids = new Set<number>();
    for (const selector of isForEveryone ? [] : selectors) {
      const taken = inputs.selections(selector);
      yield* work.spend(taken.length + 1);
      if (work.isDone()) return undefined;
      for (const id of taken) ids.add(id);
    }
    selected.push({ rule, isForEveryone, ids });
  }
  return selected;
}

/** Peers of the rules with the most ports come first. */
function* candidates(selected: readonly SelectingRule[], { context }: LeastInputs): Iterable<number> {
  const seen = new Set(wildcardIdentities(context));
  const bySize = [...selected].sort((a, b) => portCount(b.rule.ports) - portCount(a.rule.ports));
  for (const { ids } of bySize) {
    for (const id of ids) {
      if (seen.has(id)) continue;
      seen.add(id);
      yield id;
    }
  }
}

function portCount(ports: Ports): number {
  return ports.kind === 'any' ? 1 : ports.items.length;
}

interface Count {
  readonly inputs: LeastInputs;
  readonly work: Work;
  readonly enough: number;
}

/** 0 where the work is done before all that could take an entry away is known. */
function* entriesFor(
  identity: number,
  selected: readonly SelectingRule[],
  { inputs, work, enough }: Count,
): Generator<undefined, number> {
  yield* work.spend(selected.length);
  const wildcard = wildcardFor(identity, inputs.context);
  const own = selected.filter(({ ids }) => ids.has(identity));
  const broad = selected.filter(({ isForEveryone, ids }) => isForEveryone || ids.has(wildcard));
  const [denied, deniedToAll] = [yield* keysOf(own, 'deny', work), yield* keysOf(broad, 'deny', work)];
  const allowedToAll = yield* keysOf(broad, 'allow', work);
  if (work.isDone()) return 0;
  const left = new Set<L4Key>();
  for (const key of denied) {
    if (!isUnder(key, deniedToAll) && !isBelow(key, denied)) left.add(key);
  }
  // What a deny asks for is under it.
  for (const { rule } of own) {
    for (const key of portKeys(rule.ports)) {
      if (!allowedToAll.has(key) && !isUnder(key, denied) && !isUnder(key, deniedToAll)) left.add(key);
      yield* work.spend(1);
      if (left.size > enough || work.isDone()) return left.size;
    }
  }
  return left.size;
}

function* keysOf(
  selected: readonly SelectingRule[],
  verdict: Rule['verdict'],
  work: Work,
): Generator<undefined, ReadonlySet<L4Key>> {
  const keys = new Set<L4Key>();
  for (const { rule } of selected) {
    if (rule.verdict !== verdict) continue;
    for (const key of portKeys(rule.ports)) {
      keys.add(key);
      yield* work.spend(1);
      if (work.isDone()) return keys;
    }
  }
  return keys;
}

function* portKeys(ports: Ports): Iterable<L4Key> {
  if (ports.kind === 'any') {
    yield L3_KEY;
    return;
  }
  for (const { protocol, first, last } of ports.items) {
    for (const block of portBlocks(first, last)) yield l4Key(protocol, block);
  }
}

/** Equal to one of the keys, or covered by it. */
function isUnder(key: L4Key, keys: ReadonlySet<L4Key>): boolean {
  return keys.has(key) || isBelow(key, keys);
}

/** Covered by another of the keys. */
function isBelow(key: L4Key, keys: ReadonlySet<L4Key>): boolean {
  if (keys.size === 0 || key === L3_KEY) return false;
  if (keys.has(L3_KEY)) return true;
  const [protocol, port] = [protocolOf(key), portOf(key)];
  for (let prefixLength = prefixLengthOf(key) - 1; prefixLength >= 0; prefixLength -= 1) {
    const shift = 16 - prefixLength;
    if (keys.has(l4Key(protocol, { port: (port >>> shift) << shift, prefixLength }))) return true;
  }
  return false;
}

/** It may take what others allow, at a port that is not known here, or by its tier. */
function mayOverrule({ verdict, tierPlace, ports }: Rule): boolean {
  const deniesNames = verdict === 'deny' && ports.kind === 'list' && (ports.names ?? []).length > 0;
  return deniesNames || tierPlace !== undefined;
}

/** Thousands of rules share a list of ports, which is walked once. */
function* hasRedirects(rules: readonly Rule[], work: Work): Generator<undefined, boolean> {
  for (const ports of new Set(rules.map((rule) => rule.ports))) {
    yield* work.spend(portCount(ports));
    if (hasRedirect(ports)) return true;
  }
  return false;
}

function hasRedirect(ports: Ports): boolean {
  if (ports.kind === 'any') return false;
  return [...ports.items, ...(ports.names ?? [])].some(({ redirect }) => redirect !== undefined);
}
