/**
 * Subject and peers of a ClusterNetworkPolicy.
 *
 * Mirrors kcnpParseNamespacedPod, kcnpProcessNodeSelector and kcnpParseFQDNSelectors (pkg/k8s/cluster_network_policy.go, 1.20):
 * pods and nodes are those of the local cluster where that is the default, namespaces and subjects may be of any.
 */
import type {
  ClusterNetworkPolicyPeerSpec,
  ClusterNetworkPolicySubjectSpec,
  FQDNSpec,
  SelectorSpec,
} from '../../policy-spec.ts';
import type { PolicyContext } from '../context.ts';
import { exists, type EndpointSelector } from '../selector.ts';
import { cidrList, cidrSelectors } from './cidr-peers.ts';
import { inCluster, namespaceLabels, peerLabels } from './network-policy-peers.ts';
import { fqdnSelector } from './peers.ts';
import { keyPartsOf, readSelector, sealed, withExpression } from './written-selector.ts';

export function clusterPolicySubject(
  subject: ClusterNetworkPolicySubjectSpec,
  context: PolicyContext,
): EndpointSelector {
  return sealed(
    subject.kind === 'pods' ? peerLabels(subject.pods, context) : namespaceLabels(subject.namespaces, context),
  );
}

/** None of a list of networks or names that is empty. */
export function clusterPolicyPeer(
  peer: Exclude<ClusterNetworkPolicyPeerSpec, { readonly kind: 'unknown' }>,
  context: PolicyContext,
): readonly EndpointSelector[] {
  switch (peer.kind) {
    case 'pods':
      return [sealed(inCluster(peerLabels(peer.pods, context), peer.pods, context))];
    case 'namespaces':
      return [sealed(namespaceLabels(peer.namespaces, context))];
    case 'nodes':
      return ['host', 'remote-node'].map((label) => nodeSelector(peer.nodes, label, context));
    case 'networks': {
      const list = cidrList(peer.networks);
      return peer.networks.flatMap((text) => cidrSelectors(text, list, context));
    }
    case 'domainNames':
      return peer.domainNames.map((name) => fqdnSelector(fqdnOf(name)));
  }
}

function nodeSelector(spec: SelectorSpec, label: string, context: PolicyContext): EndpointSelector {
  const written = readSelector(spec, (key) => keyPartsOf(key, 'node', context.profile));
  return sealed(inCluster(withExpression(written, exists('reserved', label)), { podSelector: spec }, context));
}

/** A wildcard in front stands for any number of labels, as Kubernetes means it. */
export function fqdnOf(name: string): FQDNSpec {
  if (!name.startsWith('*')) return { matchName: name, matchPattern: '' };
  return { matchName: '', matchPattern: name.startsWith('**') ? name : `*${name}` };
}
