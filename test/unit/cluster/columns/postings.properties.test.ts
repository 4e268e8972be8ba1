/**
 * Sets of numbers and postings against a Set.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { NumberSet } from '../../../../src/cluster/columns/number-set.ts';
import { holdersIn, sizeOf, withHolder, withoutHolder, type Posting } from '../../../../src/cluster/columns/posting.ts';
import { RUNS, SEED } from '../../../support/random-cluster.ts';

/** Few enough to come again, some in a row, some far apart, those that are made up among them. */
const number = fc.oneof(fc.integer({ min: 1, max: 60 }), fc.constantFrom(2 ** 32 - 1, 0x40000001, 65_535, 1 << 24));
const steps = fc.array(fc.tuple(number, fc.boolean()), { maxLength: 300 });

function ascending(numbers: Iterable<number>): readonly number[] {
  return [...numbers].sort((a, b) => a - b);
}

test('a set of numbers has what was added and not deleted, whatever stands in its places', () => {
  fc.assert(
    fc.property(steps, (taken) => {
      const [set, model] = [new NumberSet(), new Set<number>()];
      for (const [each, isAdded] of taken) {
        if (isAdded) {
          set.add(each);
          model.add(each);
        } else assert.equal(set.delete(each), model.delete(each));
        assert.equal(set.size, model.size);
        assert.deepEqual(ascending(set), ascending(model));
      }
    }),
    { seed: SEED, numRuns: RUNS },
  );
});

test('a set of many numbers shrinks to nothing', () => {
  const set = new NumberSet();
  for (let each = 1; each <= 50_000; each += 1) set.add(each);
  assert.equal(set.size, 50_000);
  assert.equal(new Set(set).size, 50_000);
  for (let each = 1; each <= 50_000; each += 1) assert.equal(set.delete(each), true);
  assert.deepEqual([...set], []);
});

test('a posting has its holders, of however many it is', () => {
  fc.assert(
    fc.property(steps, (taken) => {
      const model = new Set<number>();
      let posting: Posting | undefined;
      for (const [each, isAdded] of taken) {
        if (isAdded) posting = withHolder(posting, each);
        else if (posting !== undefined) posting = withoutHolder(posting, each);
        if (isAdded) model.add(each);
        else model.delete(each);
        assert.deepEqual(posting === undefined ? [] : ascending(holdersIn(posting)), ascending(model));
        assert.equal(posting === undefined ? 0 : sizeOf(posting), model.size);
      }
    }),
    { seed: SEED, numRuns: RUNS },
  );
});
