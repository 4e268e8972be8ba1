/**
 * The layers that the policy classes of a what-if are made from, and what both kinds of them ask there.
 */
import type { NumericIdentity } from '../../cilium/identity/numeric-identity.ts';
import { isHostEndpoint } from '../identities/host-endpoints.ts';
import type { Layers } from '../layers.ts';
import { ClassComputer } from './class-computer.ts';

/** Those after the change; only what does not depend on classes is read from them. */
export type LayersBelow = Omit<Layers, 'classes'>;

export function computerOver(layers: LayersBelow): ClassComputer {
  const { settings, policies, ports } = layers;
  return new ClassComputer({ settings, policies, ports, known: () => layers });
}

/** Whether a pod or an endpoint has any of them. */
export function someIsUsed(ids: Iterable<NumericIdentity>, { identities, hosts }: LayersBelow): boolean {
  for (const id of ids) {
    if (isHostEndpoint(id) && hosts.nodesWith(id).size > 0) return true;
    const key = identities.record(id)?.key;
    if (key !== undefined && identities.podCount(key) + identities.endpointCount(key) > 0) return true;
  }
  return false;
}
