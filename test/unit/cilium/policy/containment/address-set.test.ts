import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  addressesIn,
  difference,
  includes,
  intersection,
  pieces,
  union,
  type AddressSet,
} from '../../../../../src/cilium/policy/containment/address-set.ts';
import { parsePrefix } from '../../../../../src/cilium/policy/prefixes/cidr.ts';

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

test('a prefix has no addresses of the other family', () => {
  const [four, six] = ['0.0.0.4/30', '::4/126'].map((text) => parsePrefix(text));
  assert.ok(four !== undefined && six !== undefined);
  assert.deepEqual([addressesIn(four, 4), addressesIn(six, 6)], [set([4, 7]), set([4, 7])]);
  assert.deepEqual([addressesIn(four, 6), addressesIn(six, 4)], [[], []]);
});

// Against lists of a few addresses, each of which is in or out.

const NUMBERS = Array.from({ length: 12 }, (_, number) => number);
const isIn = fc.array(fc.boolean(), { minLength: NUMBERS.length, maxLength: NUMBERS.length });

/** Cut as well where `cuts` says that another piece begins. */
function setOf(is: readonly boolean[], cuts: (number: number) => boolean = () => false): AddressSet {
  const runs: [number, number][] = [];
  for (const number of NUMBERS.filter((one) => is[one])) {
    const last = runs.at(-1);
    if (last?.[1] === number - 1 && !cuts(number)) last[1] = number;
    else runs.push([number, number]);
  }
  return set(...runs);
}

test('sets are joined, shared, taken away and cut as lists of addresses are', () => {
  fc.assert(
    fc.property(isIn, fc.array(isIn, { minLength: 1, maxLength: 4 }), (one, others) => {
      const [left, right] = [setOf(one), setOf(others[0] ?? [])];
      const here = (number: number): readonly boolean[] => others.map((is) => is[number] === true);
      const any = NUMBERS.map((number) => here(number).includes(true));
      assert.deepEqual(union(others.map((is) => setOf(is))), setOf(any));
      assert.deepEqual(intersection(left, right), setOf(one.map((is, number) => is && here(number)[0] === true)));
      assert.deepEqual(difference(left, right), setOf(one.map((is, number) => is && here(number)[0] !== true)));
      const cuts = (number: number): boolean => here(number).join() !== here(number - 1).join();
      const all = others.map((is) => setOf(is));
      assert.deepEqual(pieces(left, all), setOf(one, cuts));
      for (const number of NUMBERS) assert.equal(includes(left, BigInt(number)), one[number]);
    }),
    { seed: 20261123, numRuns: 300 },
  );
});
