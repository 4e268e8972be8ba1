/**
 * What a peer selector selects: identities of the cluster, reserved and node-local ones, as one ascending set.
 */
import { union, type IdentitySet } from '../../cilium/identity/identity-set.ts';
import type { EndpointSelector } from '../../cilium/policy/selector.ts';
import type { IdentityLayer } from './identity-layer.ts';
import type { NodeIdentities } from './node-identities.ts';

export function selectionsOf(
  identities: IdentityLayer,
  nodes: NodeIdentities,
  selector: EndpointSelector,
): IdentitySet {
  const cluster = identities.matching(selector);
  const node = nodes.matching(selector);
  if (node.length === 0) return cluster;
  return cluster.length === 0 ? node : union(cluster, node);
}
