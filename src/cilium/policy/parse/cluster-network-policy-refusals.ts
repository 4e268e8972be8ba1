/**
 * What the agent would refuse in a ClusterNetworkPolicy, and where.
 *
 * Mirrors the errors of ParseClusterNetworkPolicy (pkg/k8s/cluster_network_policy.go, 1.20), and what it panics with: the CRD's
 * schema keeps out all but the options that are off.
 */
import type {
  ClusterNetworkPolicyPeerSpec,
  ClusterNetworkPolicyRuleSpec,
  ClusterNetworkPolicySpec,
} from '../../policy-spec.ts';
import { parseAddress, parsePrefix } from '../prefixes/cidr.ts';
import type { PolicyContext } from '../context.ts';
import type { Refusal } from '../rule.ts';
import { fqdnOf } from './cluster-network-policy-peers.ts';
import { nameProblem } from './sanitize-l7.ts';

/** undefined: the caller may pause. */
export function* clusterPolicyRefusals(
  spec: ClusterNetworkPolicySpec,
  context: PolicyContext,
): Iterable<Refusal | undefined> {
  if (spec.subject === undefined) yield { field: 'spec.subject', reason: 'has neither namespaces nor pods' };
  for (const rule of [...spec.ingress, ...spec.egress]) {
    for (const peer of rule.peers) yield peerRefusal(peer, rule, context);
  }
}

function peerRefusal(
  peer: ClusterNetworkPolicyPeerSpec,
  { action }: ClusterNetworkPolicyRuleSpec,
  { config, profile }: PolicyContext,
): Refusal | undefined {
  const at = (reason: string): Refusal => ({ field: `${peer.path}.${peer.kind}`, reason });
  switch (peer.kind) {
    case 'nodes':
      return config.nodeSelectorLabels ? undefined : at('needs the option enable-node-selector-labels');
    case 'networks': {
      const unread = peer.networks.find((text) => (parsePrefix(text) ?? parseAddress(text)) === undefined);
      return unread === undefined ? undefined : at(`"${unread}" is not a prefix`);
    }
    case 'domainNames': {
      if (action === 'Deny' || action === 'Pass') return at('can only be accepted');
      if (!config.l7Proxy) return at('needs the option enable-l7-proxy');
      const problem = peer.domainNames
        .map((name) => nameProblem(fqdnOf(name), profile))
        .find((text) => text !== undefined);
      return problem === undefined ? undefined : at(problem);
    }
    default:
      return undefined;
  }
}
