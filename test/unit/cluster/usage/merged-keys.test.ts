/**
 * What is counted of unused keys that merge: right while keys come and go, and without a look at any of them once it is known.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isPodLabel } from '../../../../src/checks/facts/pod-label.ts';
import { canonicalKey, type LabelArray } from '../../../../src/cilium/identity/label.ts';
import { runToEnd } from '../../../../src/cilium/run-to-end.ts';
import { Crowding } from '../../../../src/cluster/usage/crowding.ts';
import { differencesSteps } from '../../../../src/cluster/usage/key-differences.ts';
import type { MergedKeys } from '../../../../src/cluster/usage/merged-keys.ts';
import { UnusedKeys } from '../../../../src/cluster/usage/unused-keys.ts';
import { countedReads } from '../../../support/counted-reads.ts';
import { labels } from '../../../support/objects.ts';

/** One application with many runs, of which each has its own task. */
function run(index: number): LabelArray {
  return labels('k8s:app=job', `k8s:run=r${index % 40}`, `k8s:task=t${index}`);
}

function keysWith(count: number): UnusedKeys {
  const unused = new UnusedKeys();
  for (let index = 0; index < count; index += 1) unused.add(canonicalKey(run(index)), run(index));
  return unused;
}

function mergedIn(unused: UnusedKeys): MergedKeys {
  const differences = runToEnd(differencesSteps(run(100_000), unused, isPodLabel));
  return differences.merged(differences.groups);
}

const CROWDING = { coarse: ['run'], finer: ['task'], most: 2 };

test('a count that is paused while keys come and go is that of the keys that are left', () => {
  const unused = keysWith(200);
  const merged = mergedIn(unused);
  const [counting, crowding] = [merged.countsSteps(), merged.crowdingSteps(CROWDING)];
  for (const steps of [counting, crowding])
    for (let turn = 0; turn < 3; turn += 1) assert.equal(steps.next().done, false);
  // Of what was counted, of what was not yet, and one that is new.
  for (const index of [0, 1, 40, 199]) unused.remove(canonicalKey(run(index)));
  unused.add(canonicalKey(run(240)), run(240));
  runToEnd(unused.settleSteps());
  const [counts, classes] = [runToEnd(counting), runToEnd(crowding)];
  assert.deepEqual([counts.sets, counts.values('run'), counts.values('task')], [197, 40, 197]);
  assert.equal(classes.finer, 197);
  // Run 0 has lost two of its five tasks and got one.
  unused.remove(canonicalKey(run(80)));
  unused.remove(canonicalKey(run(120)));
  assert.deepEqual([counts.sets, classes.finer, classes.crowded], [195, 195, 193]);
  assert.equal(runToEnd(mergedIn(unused).countsSteps()), counts);
});

test('what was counted once is kept up: who asks again looks at no key', () => {
  const unused = new UnusedKeys();
  const reads = Array.from({ length: 500 }, (_, index) => {
    const { items, reads: count } = countedReads(run(index));
    unused.add(canonicalKey(run(index)), items);
    return count;
  });
  const ask = (): number => {
    const before = reads.reduce((sum, count) => sum + count(), 0);
    const merged = mergedIn(unused);
    assert.equal(runToEnd(merged.countsSteps()).sets, runToEnd(merged.crowdingSteps(CROWDING)).finer);
    return reads.reduce((sum, count) => sum + count(), 0) - before;
  };
  assert.ok(ask() > 500);
  assert.equal(ask(), 0);
  unused.remove(canonicalKey(run(7)));
  assert.equal(ask(), 0);
});

test('no more is kept of a namespace than what was asked about last', () => {
  const unused = keysWith(100);
  const merged = mergedIn(unused);
  const first = runToEnd(merged.crowdingSteps(CROWDING));
  for (let most = 3; most < 18; most += 1) runToEnd(merged.crowdingSteps({ ...CROWDING, most }));
  assert.equal(runToEnd(merged.crowdingSteps(CROWDING)), first);
  for (let most = 3; most < 19; most += 1) runToEnd(merged.crowdingSteps({ ...CROWDING, most }));
  assert.notEqual(runToEnd(merged.crowdingSteps(CROWDING)), first);
});

test('a count of the values of very many keys is not kept', () => {
  const merged = mergedIn(keysWith(100));
  const finer = (count: number) => Array.from({ length: count }, (_, index) => `key-${index}`);
  const ask = (count: number) => runToEnd(merged.crowdingSteps({ ...CROWDING, finer: finer(count) }));
  assert.equal(ask(63), ask(63));
  assert.notEqual(ask(64), ask(64));
  assert.equal(ask(64).crowded, ask(63).crowded);
});

test('values that no API server takes are told apart, too', () => {
  const crowding = new Crowding({ coarse: ['a', 'b'], finer: ['c'], most: 0 });
  const label = (key: string, value: string) => ({ source: 'k8s', key, value });
  crowding.add([label('a', 'x\n=y'), label('b', 'z')]);
  crowding.add([label('a', 'x'), label('b', 'y\n=z')]);
  crowding.add([label('b', 'x')]);
  crowding.add([label('a', 'x')]);
  assert.equal(crowding.finer, 4);
  const unused = new UnusedKeys();
  for (const labelled of [
    [label('a', '1'), label('b\n', '')],
    [label('a\n', '1'), label('b', '')],
  ]) {
    unused.add(canonicalKey(labelled), labelled);
  }
  for (let index = 0; index < 30; index += 1) unused.add(canonicalKey(run(index)), run(index));
  const { groups } = runToEnd(differencesSteps(run(100_000), unused, isPodLabel));
  assert.deepEqual(groups.map(({ members }) => members.size).sort(), [1, 1, 30]);
});
