/**
 * SelectorPolicy x selections -> the policy map of an endpoint.
 *
 * Mirrors DistillPolicy (pkg/policy/resolve.go). Not modelled: Pass, with which Cilium's own count
 * depends on the order of its maps.
 * Cost: O(keys asked for), see distill.ts, in steps after which the caller may pause.
 */
import { runToEnd } from '../../run-to-end.ts';
import { wildcardFor } from './aggregates.ts';
import type { MapInputs } from './contributions.ts';
import { distillDirection } from './distill-direction.ts';
import type { EntrySink } from './distill.ts';
import { EntryList, type Side } from './entry-list.ts';
import { OriginTable } from './origin-table.ts';
import { PolicyMap } from './policy-map.ts';
import type { SelectorPolicy } from '../resolve.ts';
import type { Direction } from '../rule.ts';

export function mapState(policy: SelectorPolicy, inputs: MapInputs): PolicyMap {
  return runToEnd(mapStateSteps(policy, inputs));
}

/** Yields where the caller may pause, and returns the map. */
export function* mapStateSteps(policy: SelectorPolicy, inputs: MapInputs): Generator<undefined, PolicyMap> {
  const origins = new OriginTable();
  const ingress = yield* sideOf('ingress', policy, inputs, origins);
  const egress = yield* sideOf('egress', policy, inputs, origins);
  return new PolicyMap({ ingress, egress }, origins, (identity) => wildcardFor(identity, inputs.context));
}

function* sideOf(
  direction: Direction,
  policy: SelectorPolicy,
  inputs: MapInputs,
  origins: OriginTable,
): Generator<undefined, Side> {
  let list = new EntryList(Uint32Array.of());
  const open = (ids: Uint32Array): EntrySink => (list = new EntryList(ids));
  yield* distillDirection(direction, policy, { ...inputs, origins }, open);
  return yield* list.arrange();
}
