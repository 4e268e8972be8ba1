import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wildcardFor, wildcardIdentities } from '../../../../../src/cilium/policy/map/aggregates.ts';
import { identityBits } from '../../../../../src/cilium/identity/numeric-identity.ts';
import { provisionalIdentity } from '../../../../../src/cluster/identities/identity-layer.ts';
import { contextFor } from '../../../../support/policies.ts';

test('until 1.19 the only wildcard is 0', () => {
  const context = contextFor('1.19.7');
  assert.deepEqual(wildcardIdentities(context), [0]);
  for (const id of [0, 1, 11, 1001, 16777217]) assert.equal(wildcardFor(id, context), 0);
});

test('since 1.20 the wildcard of an identity is that of its scope and cluster', () => {
  const table: readonly (readonly [number, number, number])[] = [
    // identity, in cluster 0, in cluster 1
    [0, 0, 0],
    [11, 11, 11],
    [14, 14, 14],
    [1, 0, 0],
    [10, 0, 0],
    [99, 0, 0],
    [100, 11, 12],
    [102, 11, 12],
    [1001, 11, 12],
    [0x10055, 12, 11],
    [(1 << 24) | 7, 13, 13],
    [(2 << 24) | 7, 14, 14],
  ];
  for (const [identity, inZero, inOne] of table) {
    assert.equal(wildcardFor(identity, contextFor('1.20.2')), inZero, `${identity} in cluster 0`);
    assert.equal(wildcardFor(identity, contextFor('1.20.2', { clusterID: 1 })), inOne, `${identity} in cluster 1`);
  }
});

test('with 511 clusters the cluster has 9 bits', () => {
  const context = contextFor('1.20.2', { clusterID: 300, maxConnectedClusters: 511 });
  assert.equal(wildcardFor((300 << 15) | 9, context), 11);
  assert.equal(wildcardFor((301 << 15) | 9, context), 12);
});

test('a number that was made up has the wildcard of the cluster that it is of', () => {
  for (const options of [{}, { clusterID: 5 }, { clusterID: 300, maxConnectedClusters: 511 }] as const) {
    const context = contextFor('1.20.2', options);
    for (const n of [0, 40_000, 2 ** 22 - 1]) {
      const identity = provisionalIdentity(n, identityBits(context.config));
      assert.equal(wildcardFor(identity, context), 11, `number ${n} of cluster ${context.config.clusterID}`);
    }
  }
});
