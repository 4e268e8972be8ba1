/**
 * What the agent puts into the selectors of a Cilium policy: the namespace of the policy and the local cluster.
 *
 * Mirrors ParseToCiliumRule and getEndpointSelector (pkg/k8s/apis/cilium.io/utils/utils.go). The selectors come out unsealed:
 * labels and expressions apart, as the agent prints them.
 */
import { CLUSTER_KEY, NAMESPACE_LABEL_PREFIX, POD_NAMESPACE_KEY } from '../../identity/pod-labels.ts';
import type { ObjectRef } from '../../objects.ts';
import type { CiliumRuleSpec, SelectorSpec } from '../../policy-spec.ts';
import type { PolicyContext } from '../context.ts';
import { equals, exists } from '../selector.ts';
import {
  mentions,
  readSelector,
  selectorKeyParts,
  withExpression,
  withLabel,
  type WrittenSelector,
} from './written-selector.ts';

/** What is put into the peer selectors of a rule. */
export interface PeerScope {
  readonly object: ObjectRef;
  /** The rule selects pods that have no labels yet, by a requirement on `reserved:init`. */
  readonly selectsInit: boolean;
}

export function peerScope({ endpointSelector }: CiliumRuleSpec, object: ObjectRef, context: PolicyContext): PeerScope {
  if (endpointSelector === undefined) return { object, selectsInit: false };
  const isInit = ({ source, key }: { readonly source: string; readonly key: string }): boolean =>
    source === 'reserved' && key === 'init';
  return { object, selectsInit: mentions(asWritten(endpointSelector, context), isInit) };
}

/** The namespace of a CNP takes the place of one in matchLabels of the same source, and joins any other. */
export function subjectSelector(spec: SelectorSpec, object: ObjectRef, context: PolicyContext): WrittenSelector {
  const written = asWritten(spec, context);
  if (object.namespace === undefined) return written;
  return withLabel(written, equals('k8s', POD_NAMESPACE_KEY, object.namespace));
}

/** Nothing is put beside a label of source `reserved`. */
export function endpointPeer(spec: SelectorSpec, scope: PeerScope, context: PolicyContext): WrittenSelector {
  const written = asWritten(spec, context);
  if (mentions(written, ({ source }) => source === 'reserved')) return written;
  return withCluster(withNamespace(written, scope), context);
}

/** A node is a host of this cluster or of another, never a pod with such labels. */
export function nodePeer(spec: SelectorSpec, context: PolicyContext): WrittenSelector {
  return withCluster(withExpression(asWritten(spec, context), exists('reserved', 'remote-node')), context);
}

export function asWritten(spec: SelectorSpec, { profile }: PolicyContext): WrittenSelector {
  return readSelector(spec, (key) => selectorKeyParts(key, profile));
}

/** A peer without a namespace is in that of the policy; of a clusterwide policy, in any. */
export function withNamespace(written: WrittenSelector, { object, selectsInit }: PeerScope): WrittenSelector {
  if (mentionsKey(written, (key) => key === POD_NAMESPACE_KEY)) return written;
  if (object.namespace === undefined) {
    return selectsInit ? written : withExpression(written, exists('k8s', POD_NAMESPACE_KEY));
  }
  if (mentionsKey(written, (key) => key.startsWith(NAMESPACE_LABEL_PREFIX))) return written;
  return withLabel(written, equals('k8s', POD_NAMESPACE_KEY, object.namespace));
}

/** With policy-default-local-cluster a peer without a cluster is in the local one. */
export function withCluster(written: WrittenSelector, { config }: PolicyContext): WrittenSelector {
  if (!config.policyDefaultLocalCluster || mentionsKey(written, (key) => key === CLUSTER_KEY)) return written;
  return withLabel(written, equals('k8s', CLUSTER_KEY, config.clusterName));
}

function mentionsKey(written: WrittenSelector, test: (key: string) => boolean): boolean {
  return mentions(written, ({ source, key }) => (source === 'k8s' || source === 'any') && test(key));
}
