/**
 * Rules that only add to what other rules make: with some more of them a policy map has no entries but those that it had, those
 * that they ask for, and those of the defaults.
 *
 * An entry that is left out of a map is under another, or beside one that says the same (map/distill.ts): more rules make what
 * keeps it out stronger, and never take it away. So it is with what a filter leaves out because its wildcard says it, too. Not so
 * where entries are told apart by more than who is stronger: by listeners, texts for the log, authentication or tiers; where rules
 * exclude each other, as those of proxies may; or where the first of several selectors stands for all.
 */
import { holds, type IdentitySet } from '../identity/identity-set.ts';
import { getOrMake } from '../get-or-make.ts';
import { Pace } from '../pace.ts';
import type { PolicyContext } from './context.ts';
import { wildcardIdentities } from './map/aggregates.ts';
import { blockCount } from './map/asked-keys.ts';
import { listedSelectors, unmapped, type Ports, type Rule } from './rule.ts';
import { isWildcard, type EndpointSelector } from './selector.ts';

const SELECTORS_PER_PAUSE = 64;

export function areAdditive(rules: readonly Rule[]): boolean {
  return rules.every(isAdditive);
}

function isAdditive({ verdict, tierPlace, authentication, log, unsupported, ports, peers }: Rule): boolean {
  if (verdict === 'pass' || tierPlace !== undefined || authentication !== undefined || log !== undefined) return false;
  if (unmapped(unsupported).length > 0) return false;
  const all = ports.kind === 'any' ? [] : [...ports.items, ...(ports.names ?? [])];
  if (all.some(({ redirect }) => redirect !== undefined)) return false;
  // What agents learn of a name brings about identities for other selectors, too.
  return listedSelectors(peers).every(({ origin, spelledAsLabels }) => origin !== 'fqdn' && spelledAsLabels !== true);
}

export interface AskedInputs {
  readonly context: PolicyContext;
  readonly selectionsSteps: (selector: EndpointSelector) => Generator<undefined, IdentitySet>;
}

export interface AddedInputs {
  readonly context: PolicyContext;
  /** How many identities a selector selects, or no fewer. Yields where the caller may pause. */
  readonly selectedSteps: (selector: EndpointSelector) => Generator<undefined, number>;
}

/** They ask for no more entries than these; Infinity where there are more than `enough`. Yields where the caller may pause. */
export function* mostAddedSteps(
  rules: readonly Rule[],
  inputs: AddedInputs,
  enough: number,
): Generator<undefined, number> {
  const blocks = new Map<Ports, number>();
  const pace = new Pace(SELECTORS_PER_PAUSE);
  let most = 0;
  for (const rule of rules) {
    const keys = getOrMake(blocks, rule.ports, () => blockCount(rule.ports));
    if (keys === 0) continue;
    most += ofEverybody(rule, inputs.context) * keys;
    for (const selector of listedSelectors(rule.peers)) {
      if (most > enough) return Number.POSITIVE_INFINITY;
      if (!isWildcard(selector)) most += (yield* inputs.selectedSteps(selector)) * keys;
      if (pace.isPauseDue(1)) yield;
    }
  }
  return most > enough ? Number.POSITIVE_INFINITY : most;
}

/**
 * Whether rules that go leave no entry behind that they kept out: a plain allow is the weakest of entries, so that it keeps out what
 * an aggregate says for its identities, and what its wildcard says too, and nothing else. Yields where the caller may pause.
 */
export function* areWithdrawable(rules: readonly Rule[], inputs: AskedInputs): Generator<undefined, boolean> {
  if (!areAdditive(rules) || rules.some(({ verdict }) => verdict !== 'allow')) return false;
  const wildcards = wildcardIdentities(inputs.context);
  const pace = new Pace(SELECTORS_PER_PAUSE);
  for (const { peers } of rules) {
    if (peers.kind === 'any') return false;
    for (const selector of listedSelectors(peers)) {
      if (isWildcard(selector)) return false;
      const selected = yield* inputs.selectionsSteps(selector);
      if (wildcards.some((id) => holds(selected, id))) return false;
      if (pace.isPauseDue(1)) yield;
    }
  }
  return true;
}

/** Identities that stand for everybody, where a rule is about everybody. */
function ofEverybody({ peers, ports, direction }: Rule, context: PolicyContext): number {
  if (peers.kind === 'none' || (peers.kind === 'list' && !listedSelectors(peers).some(isWildcard))) return 0;
  const isNamed = direction === 'egress' && ports.kind === 'list' && (ports.names ?? []).length > 0;
  // Each whose pods give the name a number.
  if (isNamed && context.profile.egressNamedPorts === 'identity') return Number.POSITIVE_INFINITY;
  return wildcardIdentities(context).length;
}

/** Allows of everybody and of the host, in both directions. */
export function mostOfDefaults(context: PolicyContext): number {
  return 2 * (wildcardIdentities(context).length + 1);
}
