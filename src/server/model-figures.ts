/**
 * The figures of a model for /metrics, counted when somebody reads them. Cost: O(identities).
 */
import { identitiesForeseen } from '../checks/facts/identities-foreseen.ts';
import { identitiesInUse } from '../checks/facts/identities-in-use.ts';
import { POLICY_KINDS, WORKLOAD_KINDS, type Kind } from '../cilium/objects.ts';
import { runToEnd } from '../cilium/run-to-end.ts';
import type { ModelFigures } from './metrics/model-metrics.ts';
import type { Model } from './model.ts';

const KINDS: readonly Kind[] = [
  'Namespace',
  'Pod',
  ...WORKLOAD_KINDS,
  'ControllerRevision',
  ...POLICY_KINDS,
  'CiliumIdentity',
  'CiliumEndpoint',
  'CiliumEndpointSlice',
  'CiliumCIDRGroup',
  'Service',
  'EndpointSlice',
  'Endpoints',
  'Node',
  'CiliumNode',
];

export function modelFigures(model: Model): ModelFigures {
  const view = model.view();
  const { space, inUse, unused } = runToEnd(identitiesInUse(view));
  const { mintedLately: lately } = view.usage;
  const foreseen = identitiesForeseen(view.usage);
  return {
    objects: new Map(KINDS.map((kind) => [kind, model.store.count(kind)])),
    revision: view.revision,
    identitiesInUse: inUse,
    identitiesUnused: unused,
    identitySpace: space,
    ...(lately === undefined || foreseen === undefined ? {} : { mints: { lately, foreseen } }),
    watchAgesSeconds: new Map([...model.freshness.agesMs()].map(([kind, age]) => [kind, age / 1000])),
    selfCheck: { ...view.selfCheck.figures(), isTrusted: view.selfCheck.isTrusted() },
  };
}
