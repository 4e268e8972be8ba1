/**
 * Which parts of a ClusterNetworkPolicy are not modelled, or not with what the model around it supplies.
 *
 * Pass is not: with it, Cilium's own map differs from run to run (1.20.2), and so may the verdict that the datapath gives.
 */
import type {
  ClusterNetworkPolicyPeerSpec,
  ClusterNetworkPolicyRuleSpec,
  ClusterNetworkPolicySubjectSpec,
  SelectorSpec,
} from '../../policy-spec.ts';
import type { ParseContext } from '../context.ts';
import { readPort } from '../ports.ts';
import { matchModePart, portNames, type Feature, type UnsupportedFeature } from './unsupported.ts';
import { isOperator, keyPartsOf, readSelector } from './written-selector.ts';

export function unsupportedPass({ path }: ClusterNetworkPolicyRuleSpec): UnsupportedFeature {
  return { feature: 'Pass', field: `${path}.action` };
}

export function unsupportedSubject(
  subject: ClusterNetworkPolicySubjectSpec,
  context: ParseContext,
): readonly UnsupportedFeature[] {
  return selectorParts(subject, context);
}

export function unsupportedPorts(
  { path, protocols }: ClusterNetworkPolicyRuleSpec,
  context: ParseContext,
): readonly UnsupportedFeature[] {
  return protocols.flatMap((port, index) => {
    const isNamed = port.kind === 'name' && readPort(port.name).kind === 'name';
    return isNamed ? [portNames(`${path}.protocols[${index}]`, context)] : [];
  });
}

export function unsupportedInPeer(
  peer: ClusterNetworkPolicyPeerSpec,
  context: ParseContext,
): readonly UnsupportedFeature[] {
  const field = `${peer.path}.${peer.kind}`;
  switch (peer.kind) {
    case 'pods':
    case 'namespaces':
      return selectorParts(peer, context);
    case 'nodes':
      return [{ feature: 'nodes', field }];
    case 'networks':
      return matchModePart(field, context);
    case 'domainNames':
      return [{ feature: 'DNS names', field, inMaps: true }, portNames(field, context)];
    case 'unknown':
      return [];
  }
}

function selectorParts(peer: ClusterNetworkPolicySubjectSpec, context: ParseContext): readonly UnsupportedFeature[] {
  const field = `${peer.path}.${peer.kind}`;
  const selectors = peer.kind === 'pods' ? [peer.pods.podSelector, peer.pods.namespaceSelector] : [peer.namespaces];
  const part = (feature: Feature, has: boolean) => (has ? [{ feature, field }] : []);
  return [
    ...part(
      'keys that differ only in their source',
      selectors.some((selector) => collides(selector, context)),
    ),
    ...part('unknown operators', selectors.some(hasUnknownOperator)),
  ];
}

function collides(selector: SelectorSpec, { profile }: ParseContext): boolean {
  return readSelector(selector, (key) => keyPartsOf(key, 'k8s', profile)).ambiguous;
}

/** The CRD's schema takes any, and the agent leaves the requirement out: of an only one everybody is left. */
function hasUnknownOperator({ matchExpressions }: SelectorSpec): boolean {
  return matchExpressions.some(({ operator }) => !isOperator(operator));
}
