/**
 * Rules that only add to what other rules make: with some more of them a policy map has no entries but those that it had, those
 * that they ask for, and those of the defaults.
 *
 * An entry that is left out of a map is under another, or beside one that says the same (map/distill.ts): more rules make what
 * keeps it out stronger, and never take it away. So it is with what a filter leaves out because its wildcard says it, too. Not so
 * where entries are told apart by more than who is stronger: by listeners, texts for the log, authentication or tiers; where rules
 * exclude each other, as those of proxies may; or where the first of several selectors stands for all.
 */
import { getOrMake } from '../get-or-make.ts';
import { Pace } from '../pace.ts';
import type { PolicyContext } from './context.ts';
import { wildcardIdentities } from './map/aggregates.ts';
import { blockCount } from './map/asked-keys.ts';
import type { Selections } from './map/contributions.ts';
import { listedSelectors, unmapped, type Ports, type Rule } from './rule.ts';
import { isWildcard } from './selector.ts';

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

export interface AddedInputs extends Selections {
  readonly context: PolicyContext;
}

const SELECTORS_PER_PAUSE = 64;

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
    for (const identities of identitiesOf(rule, inputs)) {
      most += identities * keys;
      if (most > enough) return Number.POSITIVE_INFINITY;
      if (pace.isPauseDue(1)) yield;
    }
  }
  return most;
}

/** What the selectors of its peers select. */
function* identitiesOf({ peers, ports, direction }: Rule, inputs: AddedInputs): Iterable<number> {
  const { context } = inputs;
  if (peers.kind === 'none') return;
  const selectors = listedSelectors(peers);
  const wildcards = wildcardIdentities(context).length;
  if (peers.kind === 'any' || selectors.some(isWildcard)) {
    const isNamed = direction === 'egress' && ports.kind === 'list' && (ports.names ?? []).length > 0;
    // Everybody whose pods give the name a number.
    yield isNamed && context.profile.egressNamedPorts === 'identity' ? Number.POSITIVE_INFINITY : wildcards;
  }
  for (const selector of selectors) if (!isWildcard(selector)) yield inputs.selections(selector).length;
}

/** Allows of everybody and of the host, in both directions. */
export function mostOfDefaults(context: PolicyContext): number {
  return 2 * (wildcardIdentities(context).length + 1);
}
