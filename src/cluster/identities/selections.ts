/**
 * What a peer selector selects: identities of the cluster, reserved and node-local ones, as one ascending set.
 */
import { union, type IdentitySet } from '../../cilium/identity/identity-set.ts';
import type { EndpointSelector } from '../../cilium/policy/selector.ts';
import type { IdentityLayer } from './identity-layer.ts';
import type { NodeLayer } from './node-layer.ts';

export function selectionsOf(identities: IdentityLayer, nodes: NodeLayer, selector: EndpointSelector): IdentitySet {
  return together(identities.matching(selector), nodes.matching(selector));
}

/** Yields where the caller may pause. */
export function* selectionsSteps(
  identities: IdentityLayer,
  nodes: NodeLayer,
  selector: EndpointSelector,
): Generator<undefined, IdentitySet> {
  return together(yield* identities.matchingSteps(selector), nodes.matching(selector));
}

function together(cluster: IdentitySet, node: IdentitySet): IdentitySet {
  if (node.length === 0) return cluster;
  return cluster.length === 0 ? node : union(cluster, node);
}
