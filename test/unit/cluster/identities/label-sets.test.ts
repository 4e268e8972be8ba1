/**
 * Keys that are found by their labels.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { canonicalKey, labelArray, type LabelArray } from '../../../../src/cilium/identity/label.ts';
import type { PodShape } from '../../../../src/cilium/objects.ts';
import { hashOfLabels, secretHash, type TextHash } from '../../../../src/cluster/identities/label-hash.ts';
import { LabelKeys } from '../../../../src/cluster/identities/label-keys.ts';
import { LabelSets, type LabelSet } from '../../../../src/cluster/identities/label-sets.ts';
import { ciliumIdentity, namespace, storeWith } from '../../../support/objects.ts';

const OF_A = {
  'k8s:io.kubernetes.pod.namespace': 'a',
  'k8s:io.cilium.k8s.namespace.labels.kubernetes.io/metadata.name': 'a',
  'k8s:io.cilium.k8s.policy.cluster': 'default',
};

function shape(labels: Readonly<Record<string, string>>): PodShape {
  return { labels: new Map(Object.entries(labels)), serviceAccountName: '', hostNetwork: false, ports: [] };
}

function labelsOfPod(labels: Readonly<Record<string, string>>): LabelArray {
  const all = { ...labels, 'io.kubernetes.pod.namespace': 'a', 'io.cilium.k8s.policy.cluster': 'default' };
  return labelArray(Object.entries(all).map(([key, value]) => ({ source: 'k8s', key, value })));
}

function keyed(labels: LabelArray): LabelSet {
  return { key: canonicalKey(labels), labels };
}

function emptySets(hash?: TextHash): LabelSets<LabelSet> {
  const { settings } = storeWith([]).view();
  assert.ok(settings.filter.kind === 'known');
  return new LabelSets(settings, settings.filter.filter, hash);
}

const BARE = { name: 'a', labels: new Map<string, string>() };

test('labels of a namespace that meet in one key are undecided, whatever identities there are', () => {
  const store = storeWith([namespace('a', { 'x:io.kubernetes.pod.namespace': 'b' }), ciliumIdentity(1_000, OF_A)]);
  assert.equal(store.view().identityOfShape(shape({}), 'a').kind, 'undecided');
});

test('a label that Cilium keeps under another key, or not at all, is none of an identity that is written so', () => {
  const account = 'io.cilium.k8s.policy.serviceaccount';
  const store = storeWith([
    namespace('a'),
    ciliumIdentity(1_000, { ...OF_A, 'k8s:x:app': 'a' }),
    ciliumIdentity(1_001, { ...OF_A, [`k8s:${account}`]: 'a' }),
  ]);
  const keysOf = (labels: Readonly<Record<string, string>>): readonly string[] => {
    const identity = store.view().identityOfShape(shape(labels), 'a');
    return identity.kind === 'global' ? identity.labels.map(({ key }) => key) : [];
  };
  assert.ok(keysOf({ 'x:app': 'a' }).includes('app'));
  assert.ok(!keysOf({ [account]: 'a' }).includes(account));
});

test('a label that makes a pod node-local does so where an identity has these labels', () => {
  const store = storeWith([namespace('a'), ciliumIdentity(1_000, { ...OF_A, 'k8s:remote-node': '' })]);
  assert.equal(store.view().identityOfShape(shape({ 'remote-node': '' }), 'a').kind, 'node-local');
});

test('the order of labels does not matter, and a label more or less is another key', () => {
  const sets = emptySets();
  const labels = labelsOfPod({ app: 'web', tier: 'front' });
  sets.add(keyed(labels));
  sets.add(keyed(labelsOfPod({ app: 'db', track: 'canary' })));
  assert.equal(sets.find(shape({ tier: 'front', app: 'web' }), BARE)?.labels, labels);
  assert.equal(sets.find(shape({ app: 'web' }), BARE), undefined);
  assert.equal(sets.find(shape({ app: 'web', tier: 'front', track: 'canary' }), BARE), undefined);
});

test('a key that is gone is found no more, and is when it comes again', () => {
  const sets = emptySets();
  const labels = labelsOfPod({ app: 'web' });
  const web = keyed(labels);
  for (let time = 0; time < 3; time += 1) {
    assert.equal(sets.find(shape({ app: 'web' }), BARE), undefined);
    sets.add(web);
    assert.equal(sets.find(shape({ app: 'web' }), BARE), web);
    assert.equal(sets.lastFound, web);
    sets.delete(web);
    assert.equal(sets.lastFound, undefined);
  }
});

test('a key that nobody has any more is found by what it was held for, and forgotten', () => {
  const { settings } = storeWith([]).view();
  assert.ok(settings.filter.kind === 'known');
  const keys = new LabelKeys(settings, settings.filter.filter, secretHash());
  const [first, second] = [keys.hold('app'), keys.hold('app')];
  assert.equal(first, second);
  for (let serial = 0; serial < 20_000; serial += 1) keys.of(`key-${serial}`);
  keys.release('app');
  assert.equal(keys.of('app'), first);
  keys.release('app');
  assert.notEqual(keys.of('app'), first);
  assert.deepEqual(keys.of('app'), first);
});

test('a secret hash is another one each time, and of the same labels in any order the same', () => {
  const [one, other] = [secretHash(), secretHash()];
  const labels = labelsOfPod({ app: 'web', tier: 'front' });
  assert.equal(hashOfLabels(labels, one), hashOfLabels(labels.toReversed(), one));
  assert.notEqual(hashOfLabels(labels, one), hashOfLabels(labels, other));
  assert.notEqual(one('web', 0), one('bew', 0));
});

/** With which all sets of labels meet. */
const ALIKE = (): number => 0;

test('sets of labels with one hash are told apart', () => {
  const sets = emptySets(ALIKE);
  const shapes = [
    { app: 'web' },
    { app: 'db' },
    { tier: 'web' },
    { app: 'web', tier: 'web' },
    { app: 'web', tier: 'db' },
    { app: 'db', tier: 'web' },
  ];
  const all = shapes.map((labels) => keyed(labelsOfPod(labels)));
  for (const [index, one] of all.entries()) {
    for (const [other, labels] of shapes.entries()) {
      const expected = other < index ? all[other] : undefined;
      assert.equal(sets.find(shape(labels), BARE), expected);
    }
    sets.add(one);
  }
  for (const [index, one] of all.entries()) {
    sets.delete(one);
    for (const [other, labels] of shapes.entries()) {
      assert.equal(sets.find(shape(labels), BARE), other <= index ? undefined : all[other]);
    }
  }
});

test('sets with one hash are told apart by what their namespaces give, and by ports', () => {
  const sets = emptySets(ALIKE);
  const web = keyed(labelsOfPod({ app: 'web' }));
  const named = keyed(
    labelArray([
      ...labelsOfPod({ app: 'web' }),
      { source: 'gen', key: 'io.cilium.k8s.named-ports', value: 'http.TCP.80' },
    ]),
  );
  sets.add(web);
  sets.add(named);
  const ports = (port: number) => ({ ...shape({ app: 'web' }), ports: [{ name: 'http', port, protocol: 'TCP' }] });
  assert.equal(sets.find(shape({ app: 'web' }), { name: 'b', labels: BARE.labels }), undefined);
  assert.equal(sets.find(shape({ app: 'web' }), { name: 'a', labels: new Map([['team', 'a']]) }), undefined);
  assert.equal(sets.find(shape({ app: 'web' }), { name: 'a', labels: BARE.labels }), web);
  assert.equal(sets.find(ports(80), BARE), named);
  assert.equal(sets.find(ports(81), BARE), undefined);
});

test('of more sets with one hash than are kept none is taken for another', () => {
  const sets = emptySets(ALIKE);
  const values = Array.from({ length: 20 }, (_, index) => `value-${index}`);
  const all = values.map((app) => keyed(labelsOfPod({ app })));
  for (const one of all) sets.add(one);
  const found = values.filter((app, index) => {
    const known = sets.find(shape({ app }), BARE);
    assert.ok(known === undefined || known === all[index]);
    return known !== undefined;
  });
  assert.equal(found.length, 8);
  for (const one of all) sets.delete(one);
  for (const app of values) assert.equal(sets.find(shape({ app }), BARE), undefined);
});

test('a label that the filter drops is not taken for one of an identity that was made by another filter', () => {
  const sets = emptySets(ALIKE);
  const dropped = 'pod-template-hash';
  sets.add(keyed(labelsOfPod({ [dropped]: 'a' })));
  assert.equal(sets.find(shape({ [dropped]: 'a' }), BARE), undefined);
  const web = keyed(labelsOfPod({ app: 'web' }));
  sets.add(web);
  assert.equal(sets.find(shape({ app: 'web', [dropped]: 'a' }), BARE), web);
});
