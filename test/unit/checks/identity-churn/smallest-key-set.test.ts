import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compareBytes } from '../../../../src/cilium/identity/label.ts';
import { runToEnd } from '../../../../src/cilium/run-to-end.ts';
import { smallestKeySet, type KeyGroup } from '../../../../src/checks/identity-churn/smallest-key-set.ts';
import { sortedInSteps } from '../../../../src/checks/identity-churn/sorted-in-steps.ts';

function keySet(groups: readonly KeyGroup[], wanted: number): readonly string[] | undefined {
  return runToEnd(smallestKeySet(groups, wanted));
}

function pausesOf(steps: Generator): number {
  let pauses = 0;
  while (steps.next().done !== true) pauses += 1;
  return pauses;
}

function mergedBy(keys: ReadonlySet<string>, groups: readonly KeyGroup[]): number {
  return groups.reduce(
    (sum, { keys: own, identities }) => (own.every((key) => keys.has(key)) ? sum + identities : sum),
    0,
  );
}

function group(keys: string, identities: number): KeyGroup {
  return { keys: keys.split(' '), identities };
}

const cases: readonly {
  name: string;
  groups: readonly KeyGroup[];
  wanted: number;
  keys: readonly string[] | undefined;
}[] = [
  { name: 'one key', groups: [group('build', 60)], wanted: 30, keys: ['build'] },
  {
    name: 'keys that change together are one set',
    groups: [group('batch.kubernetes.io/job-name job-name', 60)],
    wanted: 30,
    keys: ['batch.kubernetes.io/job-name', 'job-name'],
  },
  {
    name: 'a single key that merges half is smaller than the pair that merges all',
    groups: [group('build', 30), group('build run', 30)],
    wanted: 30,
    keys: ['build'],
  },
  {
    name: 'two small groups together are needed',
    groups: [group('a', 20), group('b', 20), group('a b c', 10)],
    wanted: 30,
    keys: ['a', 'b'],
  },
  {
    name: 'of two sets of one size the one that merges more',
    groups: [group('a', 30), group('b', 31)],
    wanted: 30,
    keys: ['b'],
  },
  {
    name: 'of two equal sets the first in byte order',
    groups: [group('b', 30), group('a', 30)],
    wanted: 30,
    keys: ['a'],
  },
  { name: 'no set merges enough', groups: [group('a', 10)], wanted: 30, keys: undefined },
];

for (const { name, groups, wanted, keys } of cases) {
  test(`the smallest key set: ${name}`, () => {
    assert.deepEqual(keySet(groups, wanted), keys);
    assert.deepEqual(keySet([...groups].reverse(), wanted), keys);
  });
}

test('the smallest key set is as small as trying every set finds', () => {
  const keys = ['a', 'b', 'c', 'd', 'e'];
  const groups = fc.array(
    fc.record({ keys: fc.subarray(keys, { minLength: 1 }), identities: fc.integer({ min: 1, max: 20 }) }),
    { minLength: 1, maxLength: 8 },
  );
  fc.assert(
    fc.property(groups, fc.integer({ min: 1, max: 60 }), (someGroups, wanted) => {
      const found = keySet(someGroups, wanted);
      const sizes = everySubset(keys)
        .filter((set) => mergedBy(new Set(set), someGroups) >= wanted)
        .map((set) => set.length);
      assert.equal(found?.length, sizes.length === 0 ? undefined : Math.min(...sizes));
      if (found !== undefined) assert.ok(mergedBy(new Set(found), someGroups) >= wanted);
    }),
    { seed: 20_261_122 },
  );
});

test('beyond the bounds of the exact search there still is a set that merges enough', () => {
  const groups = Array.from({ length: 600 }, (_, index) => group(`own-${index} shared`, 1));
  const found = keySet(groups, 300);
  assert.ok(found !== undefined);
  assert.ok(mergedBy(new Set(found), groups) >= 300);
});

test('a search with too many unions ends', () => {
  const keys = Array.from({ length: 28 }, (_, index) => `k${index}`);
  const groups = keys.flatMap((a, i) => keys.slice(i + 1).map((b) => ({ keys: [a, b], identities: 1 })));
  const found = keySet(groups, 200);
  assert.ok(found !== undefined);
  assert.ok(mergedBy(new Set(found), groups) >= 200);
});

test('a search over many unions, and one over many keys, pause', () => {
  const keys = Array.from({ length: 28 }, (_, index) => `k${index}`);
  const pairs = keys.flatMap((a, i) => keys.slice(i + 1).map((b) => ({ keys: [a, b], identities: 1 })));
  assert.ok(pausesOf(smallestKeySet(pairs, 200)) >= 20);
  const own = Array.from({ length: 1_000 }, (_, index) => group(`${index}-a ${index}-b ${index}-c ${index}-d`, 1));
  assert.ok(pausesOf(smallestKeySet(own, 1_000)) >= 20);
});

test('what is sorted in steps is sorted', () => {
  const texts = Array.from({ length: 9_001 }, (_, index) => `${(index * 7919) % 9_001}`);
  const sorted = [...texts].sort(compareBytes);
  assert.deepEqual(runToEnd(sortedInSteps(texts, compareBytes)), sorted);
  assert.deepEqual(runToEnd(sortedInSteps([], compareBytes)), []);
});

function everySubset(keys: readonly string[]): string[][] {
  return keys.reduce<string[][]>((sets, key) => [...sets, ...sets.map((set) => [...set, key])], [[]]);
}
