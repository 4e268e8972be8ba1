/**
 * What-if of a relabelled namespace: the work follows its keys, not its pods.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod } from '../../../src/cilium/objects.ts';
import type { ClusterStore } from '../../../src/cluster/store.ts';
import type { ClusterView } from '../../../src/cluster/view.ts';
import { decoded, namespace, pod, storeWith } from '../../support/objects.ts';

const PODS = 500;
const KEYS = 5;

/** Labels that tell how often they were read from end to end. */
class WatchedLabels extends Map<string, string> {
  static reads = 0;

  override [Symbol.iterator](): MapIterator<[string, string]> {
    WatchedLabels.reads += 1;
    return super[Symbol.iterator]();
  }
}

function watchedPod(index: number): Pod {
  const plain = decoded(pod(`a/p${index}`, { app: `a${index % KEYS}` }));
  assert.ok(plain.kind === 'Pod');
  return { ...plain, labels: new WatchedLabels(plain.labels) };
}

const before = decoded(namespace('a', { team: 'red' }));
const after = decoded(namespace('a', { team: 'blue' }));

function cluster(): ClusterStore {
  const store = storeWith([namespace('a', { team: 'red' })]);
  for (let index = 0; index < PODS; index += 1) store.apply({ type: 'upsert', object: watchedPod(index) });
  return store;
}

function podsByLabels(view: ClusterView): readonly (readonly [string, readonly string[]])[] {
  return [...view.identities()]
    .map((id) => [JSON.stringify(view.labelsOf(id)), [...view.podsWith(id)].map(({ name }) => name).sort()] as const)
    .filter(([, names]) => names.length > 0)
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

test('the labels of pods are read once for each key', () => {
  const view = cluster().view();
  WatchedLabels.reads = 0;
  const relabelled = view.after({ op: 'update', before, after });
  const reads = WatchedLabels.reads;
  assert.ok(reads <= 4 * KEYS, `${reads} reads of the labels of ${PODS} pods`);
  assert.equal([...relabelled.identitiesIn('a')].length, 2 * KEYS);
});

test('every pod has the identity that a store gives it which was told of the change', () => {
  const store = cluster();
  const relabelled = podsByLabels(store.view().after({ op: 'update', before, after }));
  store.apply({ type: 'upsert', object: after });
  assert.deepEqual(relabelled, podsByLabels(store.view()));
  assert.equal(relabelled.length, KEYS);
});

test('pods whose namespace comes to be known have identities from then on', () => {
  const store = storeWith([pod('b/x', { app: 'a' })]);
  const known = store.view().after({ op: 'create', after: decoded(namespace('b')) });
  assert.deepEqual(
    podsByLabels(known).map(([, names]) => names),
    [['x']],
  );
});
