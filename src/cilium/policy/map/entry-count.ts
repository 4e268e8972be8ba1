/**
 * How many entries a policy map has, and how many one more identity would add, without making the map.
 *
 * Entries of one identity meet only those of its own and of its wildcard (distill.ts), so what one identity adds is found
 * by looking at these two alone, and of identities that the same selectors select one is looked at for all.
 * Cost: a count O(identities that each selector selects, once + filters x peers x blocks x kinds of identities); one identity
 * O(filters x peers x blocks).
 */
import type { LabelArray } from '../../identity/label.ts';
import type { IdentitySet } from '../../identity/identity-set.ts';
import { UNKNOWN_IDENTITY, wildcardFor } from './aggregates.ts';
import { alikeIdentities, type AlikeIdentities } from './alike-identities.ts';
import { hasPortsByIdentity, type MapInputs } from './contributions.ts';
import { distillDirection } from './distill-direction.ts';
import type { EntrySink } from './distill.ts';
import { NO_ORIGINS } from './origin-table.ts';
import type { Filter } from '../filters.ts';
import type { SelectorPolicy } from '../resolve.ts';
import type { Direction } from '../rule.ts';
import { isWildcard, matches, type EndpointSelector, type SelectorKey } from '../selector.ts';

/** Yields where the caller may pause, and returns the number. */
export function* entryCountSteps(policy: SelectorPolicy, inputs: MapInputs): Generator<undefined, number> {
  let count = 0;
  for (const direction of ['ingress', 'egress'] as const) {
    const { selections, sizeOf } = yield* countedIdentities(direction, policy, inputs);
    const open = (ids: Uint32Array): EntrySink => {
      const sizes = ids.map(sizeOf);
      return { take: (slot) => void (count += sizes[slot] ?? 0) };
    };
    yield* distillDirection(direction, policy, { ...inputs, selections, origins: NO_ORIGINS }, open);
  }
  return count;
}

/** One of each kind, where kinds are by selectors alone. */
function* countedIdentities(
  direction: Direction,
  policy: SelectorPolicy,
  inputs: MapInputs,
): Generator<undefined, AlikeIdentities> {
  const { filters } = policy[direction];
  const isByLabels = !hasPortsByIdentity(direction, filters, inputs);
  const alike = isByLabels ? yield* alikeIdentities(selectorsOf(filters), inputs) : undefined;
  return alike ?? { selections: (selector) => inputs.selections(selector), sizeOf: () => 1 };
}

function selectorsOf(filters: readonly Filter[]): readonly EndpointSelector[] {
  const selectors = new Map<SelectorKey, EndpointSelector>();
  for (const { entries } of filters) {
    for (const { selector } of entries.values()) if (!isWildcard(selector)) selectors.set(selector.key, selector);
  }
  return [...selectors.values()];
}

export interface NewIdentity {
  /** Its number, or one of the same scope and cluster where it has none yet. */
  readonly identity: number;
  readonly labels: LabelArray;
}

export interface GainInputs extends Omit<MapInputs, 'selections'> {
  /** Labels of wildcard identities, for the selectors that take them: the aggregates of 1.20. */
  labelsOf(identity: number): LabelArray | undefined;
}

/** How many entries an identity adds to the map. Yields where the caller may pause. */
export function* gainedCountSteps(
  policy: SelectorPolicy,
  added: NewIdentity,
  inputs: GainInputs,
): Generator<undefined, number> {
  const selections = (selector: EndpointSelector): IdentitySet => selectedOf(selector, added, inputs);
  let count = 0;
  const open = (ids: Uint32Array): EntrySink => {
    const own = ids.indexOf(added.identity);
    return { take: (slot) => void (count += slot === own ? 1 : 0) };
  };
  for (const direction of ['ingress', 'egress'] as const) {
    yield* distillDirection(direction, policy, { ...inputs, selections, origins: NO_ORIGINS }, open);
  }
  return count;
}

/** Of the identity and its wildcard, those that the selector takes. */
function selectedOf(selector: EndpointSelector, added: NewIdentity, inputs: GainInputs): IdentitySet {
  const wildcard = wildcardFor(added.identity, inputs.context);
  const labels = wildcard === UNKNOWN_IDENTITY ? undefined : inputs.labelsOf(wildcard);
  const ids = labels !== undefined && matches(selector, labels) ? [wildcard] : [];
  return Uint32Array.from(matches(selector, added.labels) ? [...ids, added.identity] : ids);
}
