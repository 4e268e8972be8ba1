/**
 * What a peer selector selects: identities of the cluster, reserved and node-local ones, as one ascending set.
 */
import { union, type IdentitySet } from '../../cilium/identity/identity-set.ts';
import type { EndpointSelector } from '../../cilium/policy/selector.ts';
import type { IdentityLayer } from './identity-layer.ts';
import type { NodeLayer } from './node-layer.ts';

export function selectionsOf(identities: IdentityLayer, nodes: NodeLayer, selector: EndpointSelector): IdentitySet {
  const cluster = identities.matching(selector);
  const node = nodes.matching(selector);
  if (node.length === 0) return cluster;
  return cluster.length === 0 ? node : union(cluster, node);
}
