/**
 * Selectors and peers of a NetworkPolicy; a ClusterNetworkPolicy has selectors of the same kind.
 *
 * Mirrors parseNetworkPolicyPeer (pkg/k8s/network_policy.go): all keys are pod labels; a namespaceSelector selects by labels
 * of the namespace; a peer is in the namespace of the policy unless it has a namespaceSelector, and in the local cluster
 * where that is the default and its podSelector names none.
 */
import { CLUSTER_KEY, NAMESPACE_LABEL_PREFIX, POD_NAMESPACE_KEY } from '../../identity/pod-labels.ts';
import type { ObjectRef } from '../../objects.ts';
import type { NetworkPolicyPeerSpec, NetworkPolicyRuleSpec, SelectorSpec } from '../../policy-spec.ts';
import { cidrRuleSelectors } from './cidr-peers.ts';
import type { PolicyContext } from '../context.ts';
import { isQualifiedName } from './label-syntax.ts';
import type { Peer } from '../rule.ts';
import { equals, exists, WILDCARD, type EndpointSelector } from '../selector.ts';
import {
  kubernetesKeyParts,
  mentions,
  readSelector,
  sealed,
  withLabel,
  type WrittenSelector,
} from './written-selector.ts';

/** The pods that a policy applies to. */
export function networkPolicySubject(spec: SelectorSpec, namespace: string, context: PolicyContext): EndpointSelector {
  return sealedFor(inNamespace(podLabels(spec, context), namespace), context);
}

const PEERS_PER_PAUSE = 256;

/** No peers are everybody. Yields where the caller may pause. */
export function* networkPolicyPeers(
  rule: NetworkPolicyRuleSpec,
  object: ObjectRef,
  context: PolicyContext,
): Generator<undefined, readonly Peer[]> {
  const written = rule.peers ?? [];
  if (written.length === 0) return [{ selectors: [WILDCARD], ref: { object, field: rule.path } }];
  const peers: Peer[] = [];
  for (const peer of written) {
    peers.push({ selectors: yield* peerSelectors(peer, object, context), ref: { object, field: peer.path } });
    if (peers.length % PEERS_PER_PAUSE === 0) yield;
  }
  return peers;
}

function* peerSelectors(
  peer: NetworkPolicyPeerSpec,
  object: ObjectRef,
  context: PolicyContext,
): Generator<undefined, readonly EndpointSelector[]> {
  if (peer.ipBlock !== undefined) return yield* cidrRuleSelectors(peer.ipBlock, context);
  const written = inCluster(peerLabels(peer, context), peer, context);
  const placed = peer.namespaceSelector === undefined ? inNamespace(written, object.namespace ?? '') : written;
  return [sealedFor(placed, context)];
}

/** A selector with a key that Kubernetes takes and that is too long once Cilium has put its source before it. */
export function hasLongKey(peer: PeerSelectors, context: PolicyContext): boolean {
  return mentionsLongKey(peerLabels(peer, context));
}

type PeerSelectors = Pick<NetworkPolicyPeerSpec, 'podSelector' | 'namespaceSelector'>;

/** What both selectors of a peer ask for; of one key in both, the pod's. */
export function peerLabels({ podSelector, namespaceSelector }: PeerSelectors, context: PolicyContext): WrittenSelector {
  const pods = podLabels(podSelector, context);
  if (namespaceSelector === undefined) return pods;
  const namespaces = namespaceLabels(namespaceSelector, context);
  return {
    labels: new Map([...namespaces.labels, ...pods.labels]),
    expressions: [...namespaces.expressions, ...pods.expressions],
  };
}

/** In 1.19 a selector with a key that is too long has no requirement left, and so selects everybody. */
function sealedFor(written: WrittenSelector, { profile }: PolicyContext): EndpointSelector {
  const isEmptied = profile.longNetworkPolicyKeys === 'wildcard' && mentionsLongKey(written);
  return isEmptied ? WILDCARD : sealed(written);
}

function mentionsLongKey(written: WrittenSelector): boolean {
  return mentions(written, ({ source, key }) => !isQualifiedName(`${source}.${key}`));
}

function podLabels(spec: SelectorSpec | undefined, { profile }: PolicyContext): WrittenSelector {
  const written = spec ?? { matchLabels: new Map(), matchExpressions: [] };
  return readSelector(written, (key) => kubernetesKeyParts(key, profile));
}

/** An empty namespaceSelector selects whatever is in a namespace. */
export function namespaceLabels(spec: SelectorSpec, { profile }: PolicyContext): WrittenSelector {
  const written = readSelector(spec, (key) => kubernetesKeyParts(`${NAMESPACE_LABEL_PREFIX}${key}`, profile));
  const isEmpty = written.labels.size === 0 && written.expressions.length === 0;
  return isEmpty ? { ...written, expressions: [exists('k8s', POD_NAMESPACE_KEY)] } : written;
}

function inNamespace(written: WrittenSelector, namespace: string): WrittenSelector {
  return withLabel(written, equals('k8s', POD_NAMESPACE_KEY, namespace));
}

/** Only the podSelector can name a cluster; the empty name in matchLabels does not count as one. */
export function inCluster(
  written: WrittenSelector,
  { podSelector }: Pick<PeerSelectors, 'podSelector'>,
  { config }: PolicyContext,
): WrittenSelector {
  const matched = podSelector?.matchLabels.get(CLUSTER_KEY) ?? '';
  const named = matched !== '' || podSelector?.matchExpressions.some(({ key }) => key === CLUSTER_KEY) === true;
  if (named || !config.policyDefaultLocalCluster) return written;
  return withLabel(written, equals('k8s', CLUSTER_KEY, config.clusterName));
}
