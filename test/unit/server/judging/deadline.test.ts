import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseDurationMs } from '../../../../src/cilium/go-text.ts';
import { deadlineOf } from '../../../../src/server/judging/deadline.ts';
import { anyText } from '../../../support/any-text.ts';

const DEFAULT_MS = 3_000;
const frozen = (): number => 0;

const timeouts: readonly (readonly [url: string, timeoutMs: number])[] = [
  ['/validate?timeout=3s', 3_000],
  ['/validate?timeout=1s', 1_000],
  ['/validate?timeout=30s', 30_000],
  ['/validate?timeout=2500ms', 2_500],
  ['/validate?timeout=1.5s', 1_500],
  ['/validate?timeout=0.5m', 30_000],
  ['/validate?timeout=1s500ms', 1_500],
  ['/validate?timeout=%2B2s', 2_000],
  ['/validate?other=1&timeout=2s', 2_000],
  ['/validate', DEFAULT_MS],
  ['/validate?', DEFAULT_MS],
  ['/validate?timeout', DEFAULT_MS],
  ['/validate?timeout=', DEFAULT_MS],
  ['/validate?timeout=2s&timeout=2s', DEFAULT_MS],
  ['/validate?timeout=2', DEFAULT_MS],
  ['/validate?timeout=s', DEFAULT_MS],
  ['/validate?timeout=2%20s', DEFAULT_MS],
  ['/validate?timeout=2fortnights', DEFAULT_MS],
  ['/validate?timeout=0', DEFAULT_MS],
  ['/validate?timeout=0s', DEFAULT_MS],
  ['/validate?timeout=-3s', DEFAULT_MS],
  ['/validate?timeout=31s', DEFAULT_MS],
  ['/validate?timeout=9999999h', DEFAULT_MS],
  [`/validate?timeout=${'9'.repeat(400)}s`, DEFAULT_MS],
  ['/validate?timeout=NaNs', DEFAULT_MS],
  ['/validate?timeout=Infinity', DEFAULT_MS],
  ['/validate?timeout[]=2s', DEFAULT_MS],
  ['/validate?timeout=%ZZ', DEFAULT_MS],
  ['/validate?__proto__=2s', DEFAULT_MS],
];

for (const [url, timeoutMs] of timeouts) {
  test(`the timeout of ${url.slice(0, 60)} is ${timeoutMs} ms`, () => {
    assert.equal(deadlineOf(url, frozen).timeoutMs, timeoutMs);
  });
}

test('a review has to be answered a margin before the API server stops waiting', () => {
  assert.equal(deadlineOf('/validate?timeout=3s', frozen).remainingMs(), 2_700);
  assert.equal(deadlineOf('/validate?timeout=100ms', frozen).remainingMs(), 50);
  assert.equal(deadlineOf('/validate?timeout=2ms', frozen).remainingMs(), 1);
});

test('what remains goes down with the clock, and below zero', () => {
  let now = 10;
  const deadline = deadlineOf('/validate?timeout=1s', () => now);
  now += 400;
  assert.equal(deadline.remainingMs(), 500);
  now += 600;
  assert.equal(deadline.remainingMs(), -100);
});

test('any query at all gives a timeout between 0 and 30 s', () => {
  fc.assert(
    fc.property(anyText(), (query) => {
      const { timeoutMs } = deadlineOf(`/validate?timeout=${query}`, frozen);
      assert.ok(timeoutMs > 0 && timeoutMs <= 30_000);
    }),
    { seed: 7 },
  );
});

const durations: readonly (readonly [text: string, milliseconds: number | undefined])[] = [
  ['0', 0],
  ['-0', 0],
  ['1h15m30.918s', 4_530_918],
  ['-1.5h', -5_400_000],
  ['.5s', 500],
  ['1.s', 1_000],
  ['100us', 0.1],
  ['100\u00b5s', 0.1],
  ['100\u03bcs', 0.1],
  ['1ns', 1e-6],
  ['', undefined],
  ['-', undefined],
  ['.s', undefined],
  ['3', undefined],
  ['3S', undefined],
  ['3 s', undefined],
  ['s3', undefined],
  ['3s4', undefined],
  ['3..s', undefined],
  ['1e3s', undefined],
  ['--3s', undefined],
];

for (const [text, milliseconds] of durations) {
  test(`the Go duration "${text}" is ${milliseconds === undefined ? 'none' : `${milliseconds} ms`}`, () => {
    const parsed = parseDurationMs(text);
    if (milliseconds === undefined || parsed === undefined) assert.equal(parsed, milliseconds);
    else assert.ok(Math.abs(parsed - milliseconds) < 1e-9);
  });
}
