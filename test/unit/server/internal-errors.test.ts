import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readReview } from '../../../src/kubernetes/admission-review.ts';
import { InternalErrors } from '../../../src/server/internal-errors.ts';
import { createMetrics } from '../../../src/server/metrics.ts';
import { readableLog, sample } from '../../support/http-log.ts';
import { podRequest, reviewBody } from '../../support/http-reviews.ts';

test('of a bug that every request meets a few are logged in a minute, and all are counted', async () => {
  const { log, lines } = readableLog();
  const metrics = createMetrics({ process: false });
  const review = readReview(JSON.parse(reviewBody(podRequest())));
  assert.ok(review.ok);
  let now = 0;
  const errors = new InternalErrors({ log, metrics, clock: () => now });
  for (let index = 0; index < 1_000; index += 1) errors.record(new Error('same'), review.value);
  assert.equal(lines().length, 10);
  now = 60_000;
  errors.record(new Error('same'), review.value);
  assert.equal(lines().length, 12);
  assert.partialDeepStrictEqual(lines()[10], { msg: 'more reviews failed than were logged', unlogged: 990 });
  assert.equal(await sample(metrics, 'cilium_bulkhead_internal_errors_total'), 1_001);
});
