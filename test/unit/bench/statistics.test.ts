/**
 * The arithmetic behind every figure of the benchmark.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { quantile, ratio } from '../../../bench/statistics.ts';
import { seededRandom } from '../../../bench/workload/random.ts';

test('a quantile is the smallest value that so many values do not exceed', () => {
  const values = [30, 10, 20, 40];
  assert.equal(quantile(values, 0.5), 20);
  assert.equal(quantile(values, 0.51), 30);
  assert.equal(quantile(values, 0.99), 40);
  assert.equal(quantile(values, 0), 10);
});

test('the mean of ratios is geometric: twice as fast and twice as slow make equal', () => {
  const { value } = ratio([
    { measured: 2, baseline: 1 },
    { measured: 1, baseline: 2 },
  ]);
  assert.ok(Math.abs(value - 1) < 1e-12);
});

test('the interval is as wide as the table of Student says', () => {
  const logarithms = [-0.1, 0, 0.1, -0.1, 0, 0.1];
  const { high } = ratio(logarithms.map((log) => ({ measured: Math.exp(log), baseline: 1 })));
  const deviation = Math.sqrt((4 * 0.01) / 5);
  assert.ok(Math.abs(Math.log(high) - (2.5706 * deviation) / Math.sqrt(6)) < 1e-3);
});

test('the interval holds the true ratio in about 95 of 100 runs', () => {
  const random = seededRandom(11);
  const noise = (): number => Math.exp((random.next() + random.next() + random.next() - 1.5) / 2);
  let held = 0;
  for (let run = 0; run < 400; run += 1) {
    const rounds = Array.from({ length: 12 }, () => ({ measured: 3 * noise(), baseline: noise() }));
    const { low, high } = ratio(rounds);
    if (low <= 3 && 3 <= high) held += 1;
  }
  assert.ok(held >= 365 && held <= 395, `${held} of 400`);
});
