/**
 * Keys that are found by their labels.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { canonicalKey, labelArray, type LabelArray } from '../../../../src/cilium/identity/label.ts';
import type { PodShape } from '../../../../src/cilium/objects.ts';
import { KnownLabels, type KnownLabel } from '../../../../src/cluster/identities/known-labels.ts';
import { LabelSets } from '../../../../src/cluster/identities/label-sets.ts';
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

function emptySets(): LabelSets {
  const { settings } = storeWith([]).view();
  assert.ok(settings.filter.kind === 'known');
  return new LabelSets(settings, settings.filter.filter);
}

const BARE = { name: 'a', labels: new Map<string, string>() };

test('labels of a namespace that meet in one key are undecided, whatever identities there are', () => {
  const store = storeWith([
    namespace('a', { 'x:app': 'b', 'y:app': 'a' }),
    ciliumIdentity(1_000, { ...OF_A, 'k8s:app': 'a' }),
  ]);
  assert.equal(store.view().identityOfShape(shape({}), 'a').kind, 'undecided');
});

test('a label that makes a pod node-local does so where an identity has these labels', () => {
  const store = storeWith([namespace('a'), ciliumIdentity(1_000, { ...OF_A, 'k8s:remote-node': '' })]);
  assert.equal(store.view().identityOfShape(shape({ 'remote-node': '' }), 'a').kind, 'node-local');
});

test('the order of labels does not matter, and a label more or less is another key', () => {
  const sets = emptySets();
  const labels = labelsOfPod({ app: 'web', tier: 'front' });
  sets.add(canonicalKey(labels), labels);
  sets.add('other' as ReturnType<typeof canonicalKey>, labelsOfPod({ app: 'db', track: 'canary' }));
  assert.equal(sets.find(shape({ tier: 'front', app: 'web' }), BARE)?.labels, labels);
  assert.equal(sets.find(shape({ app: 'web' }), BARE), undefined);
  assert.equal(sets.find(shape({ app: 'web', tier: 'front', track: 'canary' }), BARE), undefined);
});

test('a key that is gone is found no more, and is when it comes again', () => {
  const sets = emptySets();
  const labels = labelsOfPod({ app: 'web' });
  const key = canonicalKey(labels);
  for (let time = 0; time < 3; time += 1) {
    assert.equal(sets.find(shape({ app: 'web' }), BARE), undefined);
    sets.add(key, labels);
    assert.equal(sets.find(shape({ app: 'web' }), BARE)?.key, key);
    sets.delete(key, labels);
  }
});

test('a label that nobody has any more is forgotten', () => {
  const known = new KnownLabels(() => 'kept');
  for (const source of ['k8s', 'gen']) {
    const label = { source, key: 'app', value: 'web' };
    const [first, second] = [known.take(label), known.take(label)];
    assert.equal(first, second);
    known.release(first);
    assert.equal(known.find(label), first);
    known.release(first);
    assert.equal(known.find(label), undefined);
    assert.notEqual(known.take(label), first);
  }
});

/** Two pairs of labels that add up to the same. */
function pairsOfOneWeight(labels: readonly KnownLabel[]): readonly (readonly KnownLabel[])[] {
  const pairs = new Map<number, readonly KnownLabel[]>();
  for (const [index, one] of labels.entries()) {
    for (const other of labels.slice(index + 1)) {
      const weight = (one.weight + other.weight) | 0;
      const alike = pairs.get(weight);
      if (alike !== undefined) return [alike, [one, other]];
      pairs.set(weight, [one, other]);
    }
  }
  return [];
}

test('sets of labels that weigh the same are told apart', () => {
  const known = new KnownLabels(() => 'kept');
  const sets = emptySets();
  const each = Array.from({ length: 800 }, (_, index) => ({ [`label-${index}`]: 'v' }));
  // Both give labels their weights in the order in which they come.
  const weighed = each.map((label) => known.take({ source: 'k8s', key: Object.keys(label)[0] ?? '', value: 'v' }));
  const [one = [], other = []] = pairsOfOneWeight(weighed);
  assert.equal(one.length + other.length, 4);
  const textOf = (pair: readonly KnownLabel[]) => Object.fromEntries(pair.map(({ label }) => [label.key, label.value]));
  const all = labelArray(weighed.map(({ label }) => label));
  sets.add(
    canonicalKey(all),
    all.toSorted((a, b) => Number(a.key.slice(6)) - Number(b.key.slice(6))),
  );
  const [labels, others] = [labelsOfPod(textOf(one)), labelsOfPod(textOf(other))];
  sets.add(canonicalKey(labels), labels);
  assert.equal(sets.find(shape(textOf(other)), BARE), undefined);
  sets.add(canonicalKey(others), others);
  assert.equal(sets.find(shape(textOf(one)), BARE)?.key, canonicalKey(labels));
  assert.equal(sets.find(shape(textOf(other)), BARE)?.key, canonicalKey(others));
  sets.delete(canonicalKey(others), others);
  assert.equal(sets.find(shape(textOf(other)), BARE), undefined);
  assert.equal(sets.find(shape(textOf(one)), BARE)?.key, canonicalKey(labels));
});
