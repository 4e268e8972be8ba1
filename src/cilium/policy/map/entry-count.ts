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
import { mapState } from './map-state.ts';
import { NO_ORIGINS } from './origin-table.ts';
import type { PolicyMapEntry } from './policy-map.ts';
import type { SelectorPolicy } from '../resolve.ts';
import { matches, type EndpointSelector } from '../selector.ts';

export function entryCount(policy: SelectorPolicy, inputs: MapInputs): number {
  const steps = entryCountSteps(policy, inputs);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

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

/** The entries that an identity adds to the map, each with the rules behind it. */
export function gainedEntries(
  policy: SelectorPolicy,
  added: NewIdentity,
  inputs: GainInputs,
): readonly PolicyMapEntry[] {
  const selections = (selector: EndpointSelector): IdentitySet => selectedOf(selector, added, inputs);
  const map = mapState(policy, { ...inputs, selections });
  return [...map.entriesOf('ingress', added.identity), ...map.entriesOf('egress', added.identity)];
}

/** How many these are, without a look at the rules behind them. */
export function gainedCount(policy: SelectorPolicy, added: NewIdentity, inputs: GainInputs): number {
  const selections = (selector: EndpointSelector): IdentitySet => selectedOf(selector, added, inputs);
  let count = 0;
  const open = (ids: Uint32Array): EntrySink => {
    const own = ids.indexOf(added.identity);
    return { take: (slot) => void (count += slot === own ? 1 : 0) };
  };
  for (const direction of ['ingress', 'egress'] as const) {
    const steps = distillDirection(direction, policy, { ...inputs, selections, origins: NO_ORIGINS }, open);
    while (steps.next().done !== true);
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
