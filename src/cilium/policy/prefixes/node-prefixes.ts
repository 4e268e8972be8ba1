/**
 * Nodes -> their addresses, with the labels that make them identities.
 *
 * Mirrors nodeIdentityLabels and NodeUpdated (pkg/node/manager). To an agent its own node is the host, whose number is fixed and
 * whose labels are those of all addresses of the node together; until 1.19 it has none of the node's own labels.
 * Cost: O(labels and addresses of nodes), sorted by name.
 */
import type { AgentConfig } from '../../agent-config.ts';
import { parseNodeLabelFilter } from '../../identity/label-filter.ts';
import { compareBytes, labelArray, reservedLabel, type Label } from '../../identity/label.ts';
import { CLUSTER_KEY, labelsFrom } from '../../identity/pod-labels.ts';
import type { ClusterNode, NodeAddress } from '../../objects.ts';
import { cidrLabelKey, parseAddress, type Prefix } from './cidr.ts';
import type { PolicyContext } from '../context.ts';
import { matchesNodes } from './in-cluster.ts';
import type { LabelledPrefix } from './local-identities.ts';

/**
 * By name, so that of two nodes with one address the first is always the same. An address that is none is left out. `own`: the name
 * of the agent's own node, if it is one of them.
 */
export function* nodePrefixes(
  nodes: Iterable<ClusterNode>,
  context: PolicyContext,
  own?: string,
): Iterable<LabelledPrefix> {
  const perNode = perNodeLabels(context);
  for (const node of [...nodes].sort((a, b) => compareBytes(a.name, b.name))) {
    const isOwn = node.name === own;
    const hasLabels = !isOwn || context.profile.labelsOwnNode;
    const labels = [reservedLabel(isOwn ? 'host' : 'remote-node'), ...(hasLabels ? perNode(node) : [])];
    for (const address of node.addresses) {
      const prefix = parseAddress(address.text);
      if (prefix !== undefined) yield { prefix, labels: addressLabels(address, prefix, labels, context.config) };
    }
  }
}

function addressLabels(
  { of }: NodeAddress,
  prefix: Prefix,
  labels: readonly Label[],
  config: AgentConfig,
): readonly Label[] {
  if (of !== 'node') return [reservedLabel(of)];
  return matchesNodes(config) ? [...labels, { source: 'cidr', key: cidrLabelKey(prefix), value: '' }] : labels;
}

/** With enable-node-selector-labels; an agent that refuses `node-labels` does not start, so that all labels are taken. */
function perNodeLabels({ profile, config }: PolicyContext): (node: ClusterNode) => readonly Label[] {
  if (!config.nodeSelectorLabels) return () => [];
  const filter = parseNodeLabelFilter(config.nodeLabels);
  const keeps = (label: Label): boolean => !filter.ok || filter.value.keeps(label);
  const cluster: Label = { source: 'k8s', key: CLUSTER_KEY, value: config.clusterName };
  return ({ labels }) => {
    const own = [...labelsFrom('node', labels, profile).labels.values()];
    if (profile.filtersClusterOfNodes) return labelArray([...own, cluster].filter(keeps));
    return labelArray([...own.filter(keeps), cluster]);
  };
}
