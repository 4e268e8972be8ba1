import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { UseDistribution } from '../../../../src/cluster/usage/use-distribution.ts';
import { RUNS, SEED } from '../../../support/random-cluster.ts';

function distributionOf(size: number, uses: readonly number[]): UseDistribution {
  const distribution = new UseDistribution(size);
  for (const after of uses) distribution.move({ before: 0, after });
  return distribution;
}

/** By the words: the largest share that keeps all tenants together within the limit. */
function slowShare(uses: readonly number[], size: number, limit: number): number {
  const together = (share: number): number => uses.reduce((sum, use) => sum + Math.min(use, share), 0);
  if (together(size) <= limit) return Infinity;
  let share = 0;
  while (together(share + 1) <= limit) share += 1;
  return share;
}

test('the fair share is the largest that keeps all tenants together within the limit', () => {
  const cases = fc.record({
    size: fc.integer({ min: 1, max: 70 }),
    uses: fc.array(fc.integer({ min: 0, max: 90 }), { maxLength: 12 }),
    limit: fc.integer({ min: 0, max: 200 }),
  });
  fc.assert(
    fc.property(cases, ({ size, uses, limit }) => {
      const kept = uses.map((use) => Math.min(use, size));
      assert.equal(distributionOf(size, uses).fairShare(limit), slowShare(kept, size, limit));
    }),
    { seed: SEED, numRuns: RUNS },
  );
});

test('a tenant that grew, shrank or went counts as it is now', () => {
  const distribution = distributionOf(100, [10, 10, 80]);
  assert.equal(distribution.fairShare(60), 40);
  distribution.move({ before: 80, after: 30 });
  assert.equal(distribution.fairShare(60), Infinity);
  distribution.move({ before: 10, after: 0 });
  assert.equal(distribution.fairShare(30), 20);
});
