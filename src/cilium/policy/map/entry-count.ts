/**
 * How many entries a policy map has, and how many one more identity would add, without making the map.
 *
 * Entries of one identity meet only those of its own and of its wildcard (distill.ts), so what one identity adds is found
 * by looking at these two alone.
 * Cost: a count as the map itself, less its memory; one identity O(filters x peers x blocks).
 */
import type { LabelArray } from '../../identity/label.ts';
import type { IdentitySet } from '../../identity/identity-set.ts';
import { UNKNOWN_IDENTITY, wildcardFor } from './aggregates.ts';
import type { MapInputs } from './contributions.ts';
import { distillDirection } from './distill-direction.ts';
import type { EntrySink } from './distill.ts';
import { NO_ORIGINS } from './origin-table.ts';
import type { SelectorPolicy } from '../resolve.ts';
import { matches, type EndpointSelector } from '../selector.ts';

/** Yields where the caller may pause, and returns the number. */
export function* entryCountSteps(policy: SelectorPolicy, inputs: MapInputs): Generator<undefined, number> {
  let count = 0;
  const counter = { take: () => void (count += 1) };
  for (const direction of ['ingress', 'egress'] as const) {
    yield* distillDirection(direction, policy, { ...inputs, origins: NO_ORIGINS }, () => counter);
  }
  return count;
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
