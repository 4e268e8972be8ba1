/**
 * Prefixes that are the cluster's own: nodes, and what runs on each for health checks and ingress.
 *
 * Mirrors resolveLabels and updateReservedHostLabels (pkg/ipcache/metadata.go) and LookupReservedIdentityByLabels
 * (pkg/identity): no CIDR policy selects them, unless it may select nodes, and most have a fixed number.
 * Cost: O(labels).
 */
import type { AgentConfig } from '../../agent-config.ts';
import { getOrMake } from '../../get-or-make.ts';
import { labelArray, labelOf, type Label, type LabelArray } from '../../identity/label.ts';
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
  return [...NODE_KEYS, 'health', 'ingress'].some((key) => labels.get(key)?.source === 'reserved');
}

/** The agent's own node, and others. */
const NODE_KEYS = ['host', REMOTE_NODE_KEY];

/** What is left of the labels of a prefix in the cluster, which are by key. */
export function inClusterLabels(labels: ReadonlyMap<string, Label>, config: AgentConfig): readonly Label[] {
  const isNode = NODE_KEYS.some((key) => labels.get(key)?.source === 'reserved');
  const isSelectable = isNode && matchesNodes(config);
  const hasOwnLabels = isNode && config.nodeSelectorLabels;
  return [...labels.values()].filter(({ source }) => {
    if (OUTSIDE_SOURCES.has(source)) return isSelectable;
    return source !== 'node' || hasOwnLabels;
  });
}

/** undefined: an identity of the node that knows the prefix. */
export function fixedNumberOf(labels: LabelArray, { profile, config }: PolicyContext): NumericIdentity | undefined {
  if (isOfHost(labels)) return reservedNumber('host', profile);
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

/** Of any node, the agent's own included. */
export function isOfNode(labels: LabelArray): boolean {
  return NODE_KEYS.some((key) => labelOf(labels, key)?.source === 'reserved');
}

/** Of the agent's own node. */
export function isOfHost(labels: LabelArray): boolean {
  return labelOf(labels, 'host')?.source === 'reserved';
}

/** What the addresses of one node have together (updateReservedHostLabels); of two labels with one key the first. */
export function joinedLabels(all: Iterable<LabelArray>): LabelArray {
  const byKey = new Map<string, Label>();
  for (const labels of all) for (const label of labels) getOrMake(byKey, label.key, () => label);
  return labelArray([...byKey.values()]);
}
