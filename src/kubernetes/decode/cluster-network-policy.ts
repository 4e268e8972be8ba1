/**
 * ClusterNetworkPolicy -> its rules as written.
 *
 * Mirrors json.Unmarshal into v1alpha2.ClusterNetworkPolicy (sigs.k8s.io/network-policy-api), as far as Cilium reads it
 * (pkg/k8s/cluster_network_policy.go): null is absent, an ingress peer has fewer fields than an egress peer. What the CRD's schema
 * keeps out is decoded as the agent would read it.
 */
import type { ClusterNetworkPolicy } from '../../cilium/objects.ts';
import type {
  ClusterNetworkPolicyPeerSpec,
  ClusterNetworkPolicyProtocolSpec,
  ClusterNetworkPolicyRuleSpec,
  ClusterNetworkPolicySpec,
  ClusterNetworkPolicySubjectSpec,
} from '../../cilium/policy-spec.ts';
import { defined } from './defined.ts';
import { identified } from './metadata.ts';
import type { JsonNode } from './node.ts';
import { optionalSelector, selectorAt } from './selector.ts';

export function decodeClusterNetworkPolicy(root: JsonNode): ClusterNetworkPolicy {
  return { kind: 'ClusterNetworkPolicy', ...identified(root), spec: specAt(root.field('spec')) };
}

function specAt(spec: JsonNode): ClusterNetworkPolicySpec {
  return defined({
    tier: spec.field('tier').asString() ?? '',
    priority: spec.field('priority').asInt32() ?? 0,
    subject: subjectAt(spec.field('subject')),
    ingress: listAt(spec.field('ingress'), (rule) => ruleAt(rule, listAt(rule.field('from'), ingressPeer))),
    egress: listAt(spec.field('egress'), (rule) => ruleAt(rule, listAt(rule.field('to'), egressPeer))),
  });
}

/** Namespaces come first here, unlike in a peer. */
function subjectAt(subject: JsonNode): ClusterNetworkPolicySubjectSpec | undefined {
  return namespacesAt(subject) ?? podsAt(subject);
}

function listAt<Item>(node: JsonNode, read: (item: JsonNode) => Item): readonly Item[] {
  return (node.asList() ?? []).map(read);
}

function ruleAt(rule: JsonNode, peers: readonly ClusterNetworkPolicyPeerSpec[]): ClusterNetworkPolicyRuleSpec {
  return {
    path: rule.path,
    action: rule.field('action').asString() ?? '',
    peers,
    protocols: listAt(rule.field('protocols'), protocolAt),
  };
}

function ingressPeer(peer: JsonNode): ClusterNetworkPolicyPeerSpec {
  return podsAt(peer) ?? namespacesAt(peer) ?? { kind: 'unknown', path: peer.path };
}

function egressPeer(peer: JsonNode): ClusterNetworkPolicyPeerSpec {
  const { path } = peer;
  const [nodes, networks, domainNames] = [
    optionalSelector(peer.field('nodes')),
    peer.field('networks').asStrings(),
    peer.field('domainNames').asStrings(),
  ];
  const selecting = podsAt(peer) ?? namespacesAt(peer);
  if (selecting !== undefined) return selecting;
  if (nodes !== undefined) return { kind: 'nodes', path, nodes };
  if (networks !== undefined) return { kind: 'networks', path, networks };
  return domainNames === undefined ? { kind: 'unknown', path } : { kind: 'domainNames', path, domainNames };
}

function podsAt(node: JsonNode): Extract<ClusterNetworkPolicyPeerSpec, { readonly kind: 'pods' }> | undefined {
  const pods = node.field('pods');
  if (pods.isAbsent) return undefined;
  const namespaceSelector = selectorAt(pods.field('namespaceSelector'));
  return {
    kind: 'pods',
    path: node.path,
    pods: { namespaceSelector, podSelector: selectorAt(pods.field('podSelector')) },
  };
}

function namespacesAt(
  node: JsonNode,
): Extract<ClusterNetworkPolicyPeerSpec, { readonly kind: 'namespaces' }> | undefined {
  const namespaces = optionalSelector(node.field('namespaces'));
  return namespaces === undefined ? undefined : { kind: 'namespaces', path: node.path, namespaces };
}

const PROTOCOL_FIELDS = [
  ['tcp', 'TCP'],
  ['udp', 'UDP'],
  ['sctp', 'SCTP'],
] as const;

function protocolAt(node: JsonNode): ClusterNetworkPolicyProtocolSpec {
  const written = PROTOCOL_FIELDS.find(([field]) => !node.field(field).isAbsent);
  if (written === undefined) return { kind: 'name', name: node.field('destinationNamedPort').asString() ?? '' };
  const [field, protocol] = written;
  return { kind: 'numbers', protocol, ...portAt(node.field(field).field('destinationPort')) };
}

/** A range comes before a number. */
function portAt(port: JsonNode): { readonly port: number; readonly endPort: number } {
  const range = port.field('range');
  if (range.isAbsent) return { port: port.field('number').asInt32() ?? 0, endPort: 0 };
  return { port: range.field('start').asInt32() ?? 0, endPort: range.field('end').asInt32() ?? 0 };
}
