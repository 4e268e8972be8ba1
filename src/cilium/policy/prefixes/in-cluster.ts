/**
 * Prefixes that are the cluster's own: nodes, and what runs on each for health checks and ingress.
 *
 * Mirrors resolveLabels (pkg/ipcache/metadata.go) and LookupReservedIdentityByLabels (pkg/identity): no CIDR policy selects them,
 * unless it may select nodes, and most have a fixed number.
 * Cost: O(labels).
 */
import type { AgentConfig } from '../../agent-config.ts';
import { labelOf, type Label, type LabelArray } from '../../identity/label.ts';
import { reservedNumber, type NumericIdentity } from '../../identity/numeric-identity.ts';
import { REMOTE_NODE_KEY } from '../../identity/pod-identity.ts';
import type { PolicyContext } from '../context.ts';

const OUTSIDE_SOURCES: ReadonlySet<string> = new Set(['cidr', 'cidrgroup', 'fqdn']);

/** `policy-cidr-match-mode` has `nodes`. */
export function matchesNodes({ cidrMatchMode }: Pick<AgentConfig, 'cidrMatchMode'>): boolean {
  return cidrMatchMode.includes('nodes');
}

/** By key. */
export function isInCluster(labels: ReadonlyMap<string, Label>): boolean {
  return [REMOTE_NODE_KEY, 'health', 'ingress'].some((key) => labels.get(key)?.source === 'reserved');
}

/** What is left of the labels of a prefix in the cluster, which are by key. */
export function inClusterLabels(labels: ReadonlyMap<string, Label>, config: AgentConfig): readonly Label[] {
  const isNode = labels.get(REMOTE_NODE_KEY)?.source === 'reserved';
  const isSelectable = isNode && matchesNodes(config);
  const hasOwnLabels = isNode && config.nodeSelectorLabels;
  return [...labels.values()].filter(({ source }) => {
    if (OUTSIDE_SOURCES.has(source)) return isSelectable;
    return source !== 'node' || hasOwnLabels;
  });
}

/** undefined: an identity of the node that knows the prefix. */
export function fixedNumberOf(labels: LabelArray, { profile, config }: PolicyContext): NumericIdentity | undefined {
  if (labelOf(labels, REMOTE_NODE_KEY)?.source === 'reserved') {
    if (matchesNodes(config) || config.nodeSelectorLabels) return undefined;
    return reservedNumber(
      labelOf(labels, 'kube-apiserver') === undefined ? REMOTE_NODE_KEY : 'kube-apiserver',
      profile,
    );
  }
  const [only] = labels;
  return labels.length === 1 && only?.source === 'reserved' ? reservedNumber(only.key, profile) : undefined;
}
