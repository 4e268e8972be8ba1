/**
 * Which parts of a ClusterNetworkPolicy are not modelled.
 *
 * Pass is not: with it, Cilium's own map differs from run to run (1.20.2), and so may the verdict that the datapath gives.
 */
import type { ClusterNetworkPolicyPeerSpec, ClusterNetworkPolicyRuleSpec, SelectorSpec } from '../../policy-spec.ts';
import type { PolicyContext } from '../context.ts';
import { readPort } from '../ports.ts';
import { matchModePart, portNames, type Feature, type UnsupportedFeature } from './unsupported.ts';
import { isOperator, keyPartsOf, readSelector } from './written-selector.ts';

export function unsupportedPass({ path }: ClusterNetworkPolicyRuleSpec): UnsupportedFeature {
  return { feature: 'Pass', field: `${path}.action` };
}

export function unsupportedPorts({ path, protocols }: ClusterNetworkPolicyRuleSpec): readonly UnsupportedFeature[] {
  return protocols.flatMap((port, index) => {
    const isNamed = port.kind === 'name' && readPort(port.name).kind === 'name';
    return isNamed ? [portNames(`${path}.protocols[${index}]`)] : [];
  });
}

export function unsupportedInPeer(
  peer: ClusterNetworkPolicyPeerSpec,
  context: PolicyContext,
): readonly UnsupportedFeature[] {
  const field = `${peer.path}.${peer.kind}`;
  switch (peer.kind) {
    case 'pods':
    case 'namespaces':
      return unsupportedSelectors(peer, context);
    case 'nodes':
      return [{ feature: 'nodes', field, inMaps: true }, ...unsupportedSelectors(peer, context)];
    case 'networks':
      return matchModePart(field, context);
    case 'domainNames':
      return [{ feature: 'DNS names', field, inMaps: true }, portNames(field)];
    case 'unknown':
      return [];
  }
}

type SelectingPeer = Extract<ClusterNetworkPolicyPeerSpec, { readonly kind: 'pods' | 'namespaces' | 'nodes' }>;

/** Of a peer, or of the subject. Keys that name no source are of the source of their kind. */
export function unsupportedSelectors(peer: SelectingPeer, { profile }: PolicyContext): readonly UnsupportedFeature[] {
  const field = `${peer.path}.${peer.kind}`;
  const ownSource = peer.kind === 'nodes' ? 'node' : 'k8s';
  const collides = (selector: SelectorSpec): boolean =>
    readSelector(selector, (key) => keyPartsOf(key, ownSource, profile)).ambiguous;
  const part = (feature: Feature, has: (selector: SelectorSpec) => boolean): readonly UnsupportedFeature[] =>
    selectorsIn(peer).some(has) ? [{ feature, field }] : [];
  return [...part('keys that differ only in their source', collides), ...part('unknown operators', hasUnknownOperator)];
}

function selectorsIn(peer: SelectingPeer): readonly SelectorSpec[] {
  switch (peer.kind) {
    case 'pods':
      return [peer.pods.podSelector, peer.pods.namespaceSelector];
    case 'namespaces':
      return [peer.namespaces];
    case 'nodes':
      return [peer.nodes];
  }
}

/** The CRD's schema takes any, and the agent leaves the requirement out: of an only one everybody is left. */
function hasUnknownOperator({ matchExpressions }: SelectorSpec): boolean {
  return matchExpressions.some(({ operator }) => !isOperator(operator));
}
