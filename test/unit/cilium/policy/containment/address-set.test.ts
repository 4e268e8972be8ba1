import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pieces, union, type AddressSet } from '../../../../../src/cilium/policy/containment/address-set.ts';

const set = (...intervals: readonly (readonly [first: number, last: number])[]): AddressSet =>
  intervals.map(([first, last]) => ({ first: BigInt(first), last: BigInt(last) }));

test('a set is cut where others begin and end, in whatever order they come', () => {
  const others = [set([10, 19]), set([50, 59]), set([30, 39]), set([0, 4], [35, 52])];
  const expected = set([0, 4], [5, 9], [10, 19], [20, 29], [30, 34], [35, 39], [40, 49], [50, 52], [53, 59], [60, 99]);
  for (const order of [others, others.toReversed(), [...others.slice(2), ...others.slice(0, 2)]]) {
    assert.deepEqual(pieces(set([0, 99]), order), expected);
  }
});

test('what lies outside of a set does not cut it', () => {
  assert.deepEqual(pieces(set([10, 19], [30, 39]), [set([20, 29]), set([0, 9], [40, 99])]), set([10, 19], [30, 39]));
});

test('intervals that touch or overlap are one, and those with a gap between them are two', () => {
  assert.deepEqual(union([set([0, 4]), set([5, 9]), set([8, 12]), set([14, 15]), set([3, 4])]), set([0, 12], [14, 15]));
});
