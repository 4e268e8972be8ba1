/**
 * Keys that are found by their labels.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { canonicalKey, labelArray, type LabelArray } from '../../../../src/cilium/identity/label.ts';
import type { PodShape } from '../../../../src/cilium/objects.ts';
import { KnownLabels } from '../../../../src/cluster/identities/known-labels.ts';
import { LabelSets, weightOfOne, type LabelSet } from '../../../../src/cluster/identities/label-sets.ts';
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

function emptySets(): LabelSets<LabelSet> {
  const { settings } = storeWith([]).view();
  assert.ok(settings.filter.kind === 'known');
  return new LabelSets(settings, settings.filter.filter);
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

test('a label that nobody has any more is forgotten', () => {
  const known = new KnownLabels(() => 'kept');
  for (const source of ['k8s', 'gen']) {
    const label = { source, key: 'app', value: 'web' };
    const [first, second] = [known.take(label), known.take(label)];
    assert.equal(first, second);
    known.release(label);
    assert.equal(known.numberOf(label), first);
    known.release(label);
    assert.equal(known.numberOf(label), undefined);
    assert.equal(known.key('app'), undefined);
    assert.notEqual(known.take(label), first);
    known.release(label);
  }
});

/** Two pairs of numbers that weigh the same. */
function pairsOfOneWeight(numbers: readonly number[]): readonly (readonly number[])[] {
  const pairs = new Map<number, readonly number[]>();
  for (const [index, one] of numbers.entries()) {
    for (const other of numbers.slice(index + 1)) {
      const weight = (weightOfOne(one) + weightOfOne(other)) | 0;
      const alike = pairs.get(weight);
      if (alike !== undefined) return [alike, [one, other]];
      pairs.set(weight, [one, other]);
    }
  }
  return [];
}

test('sets of labels that weigh the same are told apart', () => {
  const sets = emptySets();
  // Numbers are given in the order in which labels come: that of the namespace is the first.
  const numbers = Array.from({ length: 800 }, (_, index) => index + 2);
  for (const number of numbers) {
    const only = labelsOfPod({ [`label-${number}`]: 'v' });
    sets.add(keyed(only));
  }
  const [one = [], other = []] = pairsOfOneWeight(numbers);
  assert.equal(one.length + other.length, 4);
  const textOf = (pair: readonly number[]) => Object.fromEntries(pair.map((number) => [`label-${number}`, 'v']));
  const [first, second] = [one, other].map((pair) => keyed(labelsOfPod(textOf(pair))));
  assert.ok(first !== undefined && second !== undefined);
  sets.add(first);
  assert.equal(sets.find(shape(textOf(other)), BARE), undefined);
  sets.add(second);
  assert.equal(sets.find(shape(textOf(one)), BARE), first);
  assert.equal(sets.find(shape(textOf(other)), BARE), second);
  sets.delete(first);
  assert.equal(sets.find(shape(textOf(one)), BARE), undefined);
  assert.equal(sets.find(shape(textOf(other)), BARE), second);
});
