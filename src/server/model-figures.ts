/**
 * The figures of a model for /metrics, counted when somebody reads them. Cost: O(identities).
 */
import { identityRange, isInRange } from '../cilium/identity/numeric-identity.ts';
import { POLICY_KINDS, WORKLOAD_KINDS, type Kind } from '../cilium/objects.ts';
import type { ModelFigures } from './metrics.ts';
import type { Model } from './model.ts';

const KINDS: readonly Kind[] = [
  'Namespace',
  'Pod',
  ...WORKLOAD_KINDS,
  ...POLICY_KINDS,
  'CiliumIdentity',
  'CiliumEndpoint',
  'CiliumEndpointSlice',
  'CiliumCIDRGroup',
];

export function modelFigures(model: Model): ModelFigures {
  const view = model.view();
  const range = identityRange(view.settings.config);
  let inUse = 0;
  let unused = 0;
  for (const id of view.identities()) {
    if (view.hasNumber(id) && !isInRange(range, id)) continue;
    const { pods, endpoints } = view.useOf(id);
    if (pods + endpoints === 0) unused += 1;
    else inUse += 1;
  }
  return {
    objects: new Map(KINDS.map((kind) => [kind, model.store.count(kind)])),
    revision: view.revision,
    identitiesInUse: inUse,
    identitiesUnused: unused,
    identitySpace: range.size,
  };
}
