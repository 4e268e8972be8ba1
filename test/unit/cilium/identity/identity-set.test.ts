import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  difference,
  EMPTY_SET,
  holds,
  identitySet,
  intersect,
  union,
} from '../../../../src/cilium/identity/identity-set.ts';

const SEED = 65_280;
/** Few distinct numbers, so that sets meet, and both ends of the range. */
const ID = fc.oneof(fc.integer({ min: 0, max: 40 }), fc.constantFrom(0, 256, 0x01000001, 0x7fffffff, 0xffffffff));
const IDS = fc.array(ID, { maxLength: 60 });

function sorted(ids: Iterable<number>): readonly number[] {
  return [...new Set(ids)].sort((a, b) => a - b);
}

function forAllPairs(check: (a: readonly number[], b: readonly number[]) => void): void {
  fc.assert(fc.property(IDS, IDS, check), { seed: SEED });
}

test('a set is ascending and holds each number once', () => {
  fc.assert(
    fc.property(IDS, (ids) => assert.deepEqual([...identitySet(ids)], sorted(ids))),
    { seed: SEED },
  );
});

test('so is one of many numbers that lie close together, however large they are', () => {
  const close = fc
    .tuple(
      fc.constantFrom(0, 256, 0x40ff0000, 0xffffff00),
      fc.array(fc.integer({ min: 0, max: 255 }), { maxLength: 300 }),
    )
    .map(([first, offsets]) => offsets.map((offset) => first + offset));
  fc.assert(
    fc.property(close, IDS, (ids, others) => {
      assert.deepEqual([...identitySet(ids)], sorted(ids));
      assert.deepEqual([...identitySet([...ids, ...others])], sorted([...ids, ...others]));
    }),
    { seed: SEED },
  );
});

test('union, intersection and difference are those of sets', () => {
  forAllPairs((a, b) => {
    const [left, right, inB] = [identitySet(a), identitySet(b), new Set(b)];
    assert.deepEqual([...union(left, right)], sorted([...a, ...b]));
    assert.deepEqual([...intersect(left, right)], sorted(a.filter((id) => inB.has(id))));
    assert.deepEqual([...difference(left, right)], sorted(a.filter((id) => !inB.has(id))));
  });
});

test('a set holds its members and nothing else', () => {
  fc.assert(
    fc.property(IDS, ID, (ids, other) => {
      const set = identitySet(ids);
      for (const id of [...ids, other]) assert.equal(holds(set, id), ids.includes(id));
    }),
    { seed: SEED },
  );
});

test('no operation changes the sets that it is given', () => {
  forAllPairs((a, b) => {
    const [left, right] = [identitySet(a), identitySet(b)];
    union(left, right);
    intersect(left, right);
    difference(left, right);
    assert.deepEqual([...left], sorted(a));
    assert.deepEqual([...right], sorted(b));
  });
});

test('where nothing changes, the same set comes back', () => {
  const set = identitySet([1, 5]);
  assert.equal(union(set, EMPTY_SET), set);
  assert.equal(union(EMPTY_SET, set), set);
});

test('a small result holds no large buffer', () => {
  const large = identitySet(Array.from({ length: 1000 }, (_, index) => index));
  assert.equal(intersect(large, identitySet([3])).buffer.byteLength, 4);
});
