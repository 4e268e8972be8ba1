/**
 * Node and CiliumNode -> cilium/objects ClusterNode.
 *
 * Mirrors ParseNode (pkg/k8s/node.go) and ParseCiliumNode (pkg/node/types, since 1.20 pkg/k8s): names of hosts are no addresses.
 * Invariant: an address that is none is left out later, where addresses are read.
 */
import type { ClusterNode, NodeAddress } from '../../cilium/objects.ts';
import { identified, labelsOf } from './metadata.ts';
import type { JsonNode } from './node.ts';

export function decodeNode(root: JsonNode): ClusterNode {
  const addresses = root.field('status').field('addresses').asList() ?? [];
  const podPrefixes = root.field('spec').field('podCIDRs').asStrings();
  const kubelet = root.field('status').field('nodeInfo').field('kubeletVersion').asString() ?? '';
  const node = clusterNode('Node', root, { addresses: addresses.flatMap(addressAt('address')), podPrefixes });
  return kubelet === '' ? node : { ...node, kubelet };
}

export function decodeCiliumNode(root: JsonNode): ClusterNode {
  const spec = root.field('spec');
  const addresses = [
    ...(spec.field('addresses').asList() ?? []).flatMap(addressAt('ip')),
    ...familiesAt(spec.field('health'), 'health'),
    ...familiesAt(spec.field('ingress'), 'ingress'),
  ];
  return clusterNode('CiliumNode', root, { addresses, podPrefixes: spec.field('ipam').field('podCIDRs').asStrings() });
}

interface Told {
  readonly addresses: readonly NodeAddress[];
  readonly podPrefixes: readonly string[] | undefined;
}

function clusterNode(kind: ClusterNode['kind'], root: JsonNode, { addresses, podPrefixes = [] }: Told): ClusterNode {
  const ofPods = podPrefixes.length === 0 ? {} : { podPrefixes };
  return { kind, ...identified(root), labels: labelsOf(root), addresses, ...ofPods };
}

const ADDRESS_TYPES: ReadonlySet<string> = new Set(['InternalIP', 'ExternalIP', 'CiliumInternalIP']);

function addressAt(field: 'address' | 'ip'): (node: JsonNode) => readonly NodeAddress[] {
  return (node) => {
    const text = node.field(field).asString() ?? '';
    return ADDRESS_TYPES.has(node.field('type').asString() ?? '') ? [{ text, of: 'node' }] : [];
  };
}

function familiesAt(node: JsonNode, of: NodeAddress['of']): readonly NodeAddress[] {
  return ['ipv4', 'ipv6'].flatMap((family) => {
    const text = node.field(family).asString() ?? '';
    return text === '' ? [] : [{ text, of }];
  });
}
