import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AgentConfig } from '../../../../../src/cilium/agent-config.ts';
import { formatLabel } from '../../../../../src/cilium/identity/label.ts';
import {
  fixedNumberOf,
  inClusterLabels,
  isInCluster,
  isOfHost,
  isOfNode,
  joinedLabels,
} from '../../../../../src/cilium/policy/prefixes/in-cluster.ts';
import { contextFor, labelsOf } from '../../../../support/policies.ts';

function byKey(...texts: readonly string[]) {
  return new Map(labelsOf(...texts).map((label) => [label.key, label]));
}

const OF_NODES = ['reserved:host', 'reserved:remote-node'];
const IN_CLUSTER = [...OF_NODES, 'reserved:health', 'reserved:ingress'];
const OUTSIDE = ['reserved:world', 'reserved:kube-apiserver', 'k8s:host=', 'cidrgroup:health=', 'fqdn:ingress'];

test('nodes, and what runs on each for health checks and ingress, are in the cluster by a reserved label', () => {
  for (const text of IN_CLUSTER) assert.ok(isInCluster(byKey('cidr:10.0.0.0/8', text)), text);
  for (const text of OUTSIDE) assert.ok(!isInCluster(byKey('cidr:10.0.0.0/8', text)), text);
});

test('a node is the host or another node, by a reserved label', () => {
  const those = (is: (labels: ReturnType<typeof labelsOf>) => boolean) =>
    [...IN_CLUSTER, ...OUTSIDE].filter((text) => is(labelsOf('k8s:a=b', text)));
  assert.deepEqual([those(isOfNode), those(isOfHost)], [OF_NODES, ['reserved:host']]);
});

test('labels of the world stay only on nodes that prefixes match, and labels of a node only where nodes have some', () => {
  const left = (own: string, settings: Partial<AgentConfig> = {}) => {
    const all = byKey(own, 'cidr:10.0.0.0/8', 'cidrgroup:g=', 'fqdn:a.example', 'node:zone=a', 'k8s:x=y');
    return inClusterLabels(all, contextFor('1.20.2', settings).config)
      .map(formatLabel)
      .filter((text) => text !== own && text !== 'k8s:x=y');
  };
  const matched = ['cidr:10.0.0.0/8', 'cidrgroup:g', 'fqdn:a.example'];
  const nodeSelectorLabels = true;
  for (const own of OF_NODES) {
    assert.deepEqual(left(own), []);
    assert.deepEqual(left(own, { cidrMatchMode: ['nodes'] }).toSorted(), matched);
    assert.deepEqual(left(own, { cidrMatchMode: ['pods'] }), []);
    assert.deepEqual(left(own, { nodeSelectorLabels }), ['node:zone=a']);
  }
  for (const own of ['reserved:health', 'reserved:ingress', 'k8s:host']) {
    assert.deepEqual(left(own, { cidrMatchMode: ['nodes'], nodeSelectorLabels }), []);
  }
});

test('in the cluster most have a fixed number, but for other nodes that are told apart', () => {
  const number = (texts: readonly string[], settings: Partial<AgentConfig> = {}) =>
    fixedNumberOf(labelsOf(...texts), contextFor('1.20.2', settings));
  const numbers = (settings: Partial<AgentConfig> = {}) =>
    [
      ['reserved:host'],
      ['reserved:host', 'k8s:a=b'],
      ['reserved:remote-node'],
      ['reserved:remote-node', 'reserved:kube-apiserver'],
      ['reserved:health'],
      ['reserved:ingress'],
    ].map((texts) => number(texts, settings));
  assert.deepEqual(numbers(), [1, 1, 6, 7, 4, 8]);
  const apart = [1, 1, undefined, undefined, 4, 8];
  assert.deepEqual(numbers({ nodeSelectorLabels: true }), apart);
  assert.deepEqual(numbers({ cidrMatchMode: ['nodes'] }), apart);
  for (const texts of [['k8s:health='], ['reserved:health', 'k8s:a=b'], ['k8s:remote-node='], ['k8s:host='], []]) {
    assert.equal(number(texts), undefined, texts.join());
  }
});

test('of two labels with one key a node has the first', () => {
  const joined = joinedLabels([labelsOf('k8s:a=1', 'k8s:b=1'), labelsOf('k8s:b=2', 'k8s:c=2')]);
  assert.deepEqual(joined.map(formatLabel), ['k8s:a=1', 'k8s:b=1', 'k8s:c=2']);
});
