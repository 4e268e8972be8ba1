import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { mergedBy, smallestKeySet, type KeyGroup } from '../../../../src/checks/identity-churn/smallest-key-set.ts';

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
    assert.deepEqual(smallestKeySet(groups, wanted), keys);
    assert.deepEqual(smallestKeySet([...groups].reverse(), wanted), keys);
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
      const found = smallestKeySet(someGroups, wanted);
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
  const found = smallestKeySet(groups, 300);
  assert.ok(found !== undefined);
  assert.ok(mergedBy(new Set(found), groups) >= 300);
});

test('a search with too many unions ends', () => {
  const keys = Array.from({ length: 28 }, (_, index) => `k${index}`);
  const groups = keys.flatMap((a, i) => keys.slice(i + 1).map((b) => ({ keys: [a, b], identities: 1 })));
  const found = smallestKeySet(groups, 200);
  assert.ok(found !== undefined);
  assert.ok(mergedBy(new Set(found), groups) >= 200);
});

function everySubset(keys: readonly string[]): string[][] {
  return keys.reduce<string[][]>((sets, key) => [...sets, ...sets.map((set) => [...set, key])], [[]]);
}
