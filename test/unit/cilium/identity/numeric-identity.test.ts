import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatLabel, labelArray } from '../../../../src/cilium/identity/label.ts';
import {
  identityBits,
  identityRange,
  isInRange,
  LOCAL_SCOPE_BASE,
  REMOTE_NODE_SCOPE_BASE,
  reservedIdentities,
  reservedNumber,
  scopeOf,
  userReservedIdentities,
  wellKnownIdentities,
  wellKnownIdentity,
} from '../../../../src/cilium/identity/numeric-identity.ts';
import { profileFor } from '../../../support/profile.ts';

const RANGES = [
  { clusterID: 0, maxConnectedClusters: 255, first: 256, last: 65_535, size: 65_280 },
  { clusterID: 1, maxConnectedClusters: 255, first: 65_536, last: 131_071, size: 65_536 },
  { clusterID: 255, maxConnectedClusters: 255, first: 16_711_680, last: 16_777_215, size: 65_536 },
  { clusterID: 0, maxConnectedClusters: 511, first: 256, last: 32_767, size: 32_512 },
  { clusterID: 1, maxConnectedClusters: 511, first: 32_768, last: 65_535, size: 32_768 },
  { clusterID: 511, maxConnectedClusters: 511, first: 16_744_448, last: 16_777_215, size: 32_768 },
] as const;

for (const { clusterID, maxConnectedClusters, ...range } of RANGES) {
  test(`cluster ${clusterID} of ${maxConnectedClusters} allocates from ${range.first} to ${range.last}`, () => {
    assert.deepEqual(identityRange({ clusterID, maxConnectedClusters }), range);
  });
}

test('the scopes begin at 1 and 2 in bits 24 to 31', () => {
  assert.deepEqual([LOCAL_SCOPE_BASE, REMOTE_NODE_SCOPE_BASE], [0x100_0000, 0x200_0000]);
  const around = [LOCAL_SCOPE_BASE - 1, LOCAL_SCOPE_BASE, REMOTE_NODE_SCOPE_BASE - 1, REMOTE_NODE_SCOPE_BASE];
  assert.deepEqual(around.map(scopeOf), ['global', 'local', 'local', 'remote-node']);
});

test('both ends belong to a range', () => {
  const range = identityRange({ clusterID: 0, maxConnectedClusters: 255 });
  assert.deepEqual(
    [255, 256, 65_535, 65_536].map((id) => isInRange(range, id)),
    [false, true, true, false],
  );
});

test('the bits of a cluster stand above 16 bits, or 15 with 511 clusters', () => {
  assert.deepEqual(identityBits({ clusterID: 3, maxConnectedClusters: 255 }), { id: 3, shift: 16 });
  assert.deepEqual(identityBits({ clusterID: 3, maxConnectedClusters: 511 }), { id: 3, shift: 15 });
});

for (const [id, scope] of [
  [1, 'global'],
  [256, 'global'],
  [0x00ffffff, 'global'],
  [0x01000001, 'local'],
  [0x01ffffff, 'local'],
  [0x02000001, 'remote-node'],
] as const) {
  test(`identity ${id} has scope ${scope}`, () => assert.equal(scopeOf(id), scope));
}

test('ids 11 to 14 are the aggregates, since 1.20', () => {
  assert.deepEqual(
    reservedIdentities(profileFor('1.20.2'))
      .slice(11)
      .map(({ id, name }) => `${id} ${name}`),
    ['11 aggregate-cluster', '12 aggregate-cluster-mesh', '13 aggregate-world', '14 aggregate-remote-node'],
  );
  assert.equal(reservedIdentities(profileFor('1.19.5')).length, 11);
});

test('each reserved identity is found by its name, and has it as its label', () => {
  const profile = profileFor('1.20.2');
  for (const { id, name, labels } of reservedIdentities(profile)) {
    assert.equal(reservedNumber(name, profile), id);
    assert.equal(labels[0]?.key, name === 'unknown' ? undefined : name);
    assert.equal(labels.length, name === 'unknown' ? 0 : name === 'kube-apiserver' ? 2 : 1);
  }
  assert.equal(reservedNumber('aggregate-world', profileFor('1.19.7')), undefined);
});

test('kube-apiserver is a remote node as well, and unknown has no labels', () => {
  const reserved = reservedIdentities(profileFor('1.20.2'));
  assert.deepEqual(reserved[7]?.labels.map(formatLabel), ['reserved:kube-apiserver', 'reserved:remote-node']);
  assert.deepEqual(reserved[0]?.labels, []);
});

test('a user-reserved identity has its name as its one label', () => {
  assert.deepEqual(userReservedIdentities({ fixedIdentityMapping: new Map([[128, 'db']]) }), [
    { id: 128, name: 'db', labels: [{ source: 'reserved', key: 'db', value: '' }] },
  ]);
});

const CONFIG = { clusterName: 'prod', ciliumNamespace: 'cilium' };

test('well-known identities carry the name of the cluster, and of the namespace of Cilium', () => {
  const operator = wellKnownIdentities(CONFIG).find(({ id }) => id === 113);
  assert.deepEqual(operator?.labels.map(formatLabel), [
    'k8s:app.kubernetes.io/name=cilium-operator',
    'k8s:app.kubernetes.io/part-of=cilium',
    'k8s:io.cilium.k8s.namespace.labels.kubernetes.io/metadata.name=cilium',
    'k8s:io.cilium.k8s.policy.cluster=prod',
    'k8s:io.cilium.k8s.policy.serviceaccount=cilium-operator',
    'k8s:io.cilium/app=operator',
    'k8s:io.kubernetes.pod.namespace=cilium',
    'k8s:name=cilium-operator',
  ]);
});

test('each well-known set is found by its labels', () => {
  const ids = wellKnownIdentities(CONFIG).map(({ id }) => id);
  assert.deepEqual(ids, [102, 103, 104, 105, 106, 110, 111, 112, 113, 114]);
  for (const { id, labels } of wellKnownIdentities(CONFIG)) assert.equal(wellKnownIdentity(labels, CONFIG), id);
});

test('one label more or less makes a set not well-known', () => {
  for (const { labels } of wellKnownIdentities(CONFIG)) {
    const more = labelArray([...labels, { source: 'k8s', key: 'team', value: 'x' }]);
    assert.equal(wellKnownIdentity(more, CONFIG), undefined);
    for (const left of labels) {
      const fewer = labels.filter((label) => label !== left);
      const found = wellKnownIdentity(fewer, CONFIG);
      const isNamespaceName = left.key.endsWith('/metadata.name');
      const isEksComponent = left.key === 'eks.amazonaws.com/component';
      assert.equal(found !== undefined, isNamespaceName || isEksComponent, left.key);
    }
  }
});
