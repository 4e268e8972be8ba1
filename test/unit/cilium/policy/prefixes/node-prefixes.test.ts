import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatLabel } from '../../../../../src/cilium/identity/label.ts';
import type { ClusterNode, NodeAddress } from '../../../../../src/cilium/objects.ts';
import { formatPrefix } from '../../../../../src/cilium/policy/prefixes/cidr.ts';
import { nodePrefixes } from '../../../../../src/cilium/policy/prefixes/node-prefixes.ts';
import { contextFor } from '../../../../support/policies.ts';

function node(name: string, ...addresses: readonly (string | NodeAddress)[]): ClusterNode {
  const read = addresses.map((address): NodeAddress =>
    typeof address === 'string' ? { text: address, of: 'node' } : address,
  );
  return { kind: 'Node', name, uid: '', terminating: false, labels: new Map([['zone', 'x']]), addresses: read };
}

/** `10.0.0.1/32 reserved:remote-node`, in the order of the agent. */
function told(nodes: readonly ClusterNode[], { version = '1.20.2', config = {}, own = '' } = {}): readonly string[] {
  return [...nodePrefixes(nodes, contextFor(version, config), own)].map(({ prefix, labels }) =>
    [formatPrefix(prefix), ...labels.map(formatLabel).sort()].join(' '),
  );
}

test('nodes are told by name, and addresses that are none left out', () => {
  assert.deepEqual(told([node('b', '10.0.0.2'), node('a', 'nonsense', '10.0.0.1', 'fd00::1')]), [
    '10.0.0.1/32 reserved:remote-node',
    'fd00::1/128 reserved:remote-node',
    '10.0.0.2/32 reserved:remote-node',
  ]);
});

test('the own node is the host', () => {
  assert.deepEqual(told([node('a', '10.0.0.1'), node('b', '10.0.0.2')], { own: 'b' }), [
    '10.0.0.1/32 reserved:remote-node',
    '10.0.0.2/32 reserved:host',
  ]);
});

test('where prefixes match nodes, an address of one has the label of its prefix', () => {
  const config = { cidrMatchMode: ['nodes'] };
  assert.deepEqual(told([node('a', '10.0.0.1')], { config }), ['10.0.0.1/32 cidr:10.0.0.1/32 reserved:remote-node']);
});

test('an address for health checks or for ingress is one of that, on whatever node', () => {
  const addresses = (['health', 'ingress'] as const).map((of, index) => ({ text: `10.0.1.${index}`, of }));
  assert.deepEqual(told([node('a', ...addresses)], { config: { cidrMatchMode: ['nodes'] } }), [
    '10.0.1.0/32 reserved:health',
    '10.0.1.1/32 reserved:ingress',
  ]);
});

/** Since 1.19 the filter of labels of nodes leaves that of the cluster alone; since 1.20 the host has labels of its node, too. */
const OWN_LABELS: readonly (readonly [version: string, own: string, filtered: string])[] = [
  ['1.18.8', '', ''],
  ['1.19.7', '', 'k8s:io.cilium.k8s.policy.cluster=default '],
  ['1.20.2', 'k8s:io.cilium.k8s.policy.cluster=default node:zone=x ', 'k8s:io.cilium.k8s.policy.cluster=default '],
];

for (const [version, own, filtered] of OWN_LABELS) {
  test(`with labels of nodes each remote one has its own (${version})`, () => {
    const config = { nodeSelectorLabels: true };
    assert.deepEqual(told([node('a', '10.0.0.1'), node('b', '10.0.0.2')], { version, config, own: 'b' }), [
      '10.0.0.1/32 k8s:io.cilium.k8s.policy.cluster=default node:zone=x reserved:remote-node',
      `10.0.0.2/32 ${own}reserved:host`,
    ]);
    assert.deepEqual(told([node('a', '10.0.0.1')], { version, config: { ...config, nodeLabels: 'pool' } }), [
      `10.0.0.1/32 ${filtered}reserved:remote-node`,
    ]);
  });
}
