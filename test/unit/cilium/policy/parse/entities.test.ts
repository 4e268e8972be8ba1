import assert from 'node:assert/strict';
import { test } from 'node:test';
import { entitySelectors } from '../../../../../src/cilium/policy/parse/entities.ts';
import { isWildcard, matches } from '../../../../../src/cilium/policy/selector.ts';
import { contextFor, labelsOf, podLabels, universeOf } from '../../../../support/policies.ts';

function selected(entity: string, version: string): readonly number[] {
  const context = contextFor(version);
  const universe = universeOf(context, [
    [1001, podLabels('a', 'web')],
    [131573, labelsOf('k8s:app=web', 'k8s:io.cilium.k8s.policy.cluster=east')],
    [16777217, labelsOf('cidr:10.0.0.0/8', 'reserved:world')],
    [16777218, labelsOf('reserved:kube-apiserver', 'reserved:world')],
  ]);
  const selectors = entitySelectors(entity, context) ?? [];
  return [...universe].filter(([, labels]) => selectors.some((one) => matches(one, labels))).map(([id]) => id);
}

test('an entity takes these identities, and since 1.20 some take in an aggregate', () => {
  const locals = [16777217, 16777218];
  const inCluster = [1, 3, 4, 5, 6, 7, 8];
  const table: readonly (readonly [string, readonly number[], readonly number[]])[] = [
    ['world', [2, 9, 10, ...locals], [2, 9, 10, 13, ...locals]],
    ['cluster', [...inCluster, 1001, 16777218], [...inCluster, 11, 1001, 16777218]],
    ['remote-node', [6, 7], [6, 7, 14]],
    ['kube-apiserver', [7, 16777218], [7, 16777218]],
    ['host', [1], [1]],
    ['init', [5], [5]],
    ['health', [4], [4]],
    ['ingress', [8], [8]],
    ['unmanaged', [3], [3]],
    ['none', [], []],
    ['world-ipv4', [9], [9]],
  ];
  for (const [entity, until119, since120] of table) {
    assert.deepEqual(selected(entity, '1.19.7'), until119, entity);
    assert.deepEqual(selected(entity, '1.20.2'), since120, entity);
  }
  assert.deepEqual(selected('cluster-mesh', '1.20.2'), [...inCluster, 11, 12, 1001, 131573, 16777218]);
});

test('all is the wildcard, and what a version does not know is nothing', () => {
  assert.ok(entitySelectors('all', contextFor('1.18.8'))?.every(isWildcard));
  assert.equal(entitySelectors('cluster-mesh', contextFor('1.19.7')), undefined);
  assert.equal(entitySelectors('__proto__', contextFor('1.20.2')), undefined);
});
