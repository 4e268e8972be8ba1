import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AskedLabels, joinedValues, LONGEST_VALUE } from '../../../../src/cluster/identities/asked-labels.ts';
import type { LabelKey } from '../../../../src/cluster/identities/label-keys.ts';

const [app, tier, ports]: readonly LabelKey[] = [1, 2, 3].map((hash) => ({ kind: 'kept', hash }));
assert.ok(app !== undefined && tier !== undefined && ports !== undefined);

function isSame(
  asked: readonly (readonly [LabelKey, string])[],
  own: readonly (readonly [LabelKey, string])[],
): boolean {
  const labels = new AskedLabels(() => 0);
  for (const [key, value] of asked) labels.add(key, value);
  return labels.isSame({ keys: own.map(([key]) => key), values: joinedValues(own.map(([, value]) => value)) });
}

function labelsOf([first, second]: readonly [string, string]): readonly (readonly [LabelKey, string])[] {
  assert.ok(app !== undefined && tier !== undefined);
  return [
    [app, first],
    [tier, second],
  ];
}

test('labels are the same in whatever order they come, and with one key twice', () => {
  const own = [[app, 'web'] as const, [ports, 'a=1'] as const, [ports, 'b=2'] as const];
  assert.equal(isSame(own, own), true);
  assert.equal(isSame(own.toReversed(), own), true);
  assert.equal(isSame([...own, [tier, '']], own), false);
  assert.equal(isSame(own.slice(1), own), false);
});

test('values that read alike one after the other are not the same', () => {
  const alike: readonly (readonly [readonly [string, string], readonly [string, string]])[] = [
    [
      ['a', 'bc'],
      ['ab', 'c'],
    ],
    [
      ['', 'a'],
      ['a', ''],
    ],
    [
      ['\u0001a', ''],
      ['', '\u0001a'],
    ],
  ];
  for (const [one, other] of alike) {
    assert.equal(isSame(labelsOf(one), labelsOf(one)), true);
    assert.equal(isSame(labelsOf(one), labelsOf(other)), false);
  }
});

test('a value of any length that has one character for its length is compared as a whole', () => {
  for (const length of [0xd800, LONGEST_VALUE]) {
    const value = 'v'.repeat(length);
    assert.equal(isSame([[app, value]], [[app, value]]), true);
    assert.equal(isSame([[app, `${value.slice(1)}w`]], [[app, value]]), false);
  }
});
