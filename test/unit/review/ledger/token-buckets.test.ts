import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TokenBuckets } from '../../../../src/review/ledger/token-buckets.ts';

const RATE = { perMinute: 60, burst: 2 };

test('a full bucket gives its burst, then one with each second', () => {
  const clock = { now: 0 };
  const buckets = new TokenBuckets<string>(() => clock.now);
  buckets.take('ci', RATE, 1);
  assert.ok(buckets.has('ci', RATE));
  buckets.take('ci', RATE, 1);
  assert.ok(!buckets.has('ci', RATE));
  clock.now += 999;
  assert.ok(!buckets.has('ci', RATE));
  clock.now += 1;
  assert.ok(buckets.has('ci', RATE));
  clock.now += 3_600_000;
  buckets.take('ci', RATE, 2);
  assert.ok(!buckets.has('ci', RATE));
});

test('whoever takes more than there is owes nothing', () => {
  const clock = { now: 0 };
  const buckets = new TokenBuckets<string>(() => clock.now);
  buckets.take('ci', RATE, 50);
  clock.now += 1_000;
  assert.ok(buckets.has('ci', RATE));
});

test("one holder empties nobody else's bucket", () => {
  const buckets = new TokenBuckets<string>(() => 0);
  buckets.take('ci', RATE, 2);
  assert.ok(buckets.has('web', RATE));
});

test('of too many holders the one that took longest ago begins anew', () => {
  const buckets = new TokenBuckets<string>(() => 0, 2);
  for (const holder of ['a', 'b', 'a', 'c']) buckets.take(holder, RATE, 2);
  assert.deepEqual(
    ['a', 'b', 'c'].map((holder) => buckets.has(holder, RATE)),
    [false, true, false],
  );
});
