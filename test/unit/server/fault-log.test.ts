import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FaultLog } from '../../../src/server/fault-log.ts';
import { readableLog } from '../../support/http-log.ts';

const MINUTE_MS = 60_000;

interface Faults {
  readonly record: FaultLog['record'];
  readonly lines: ReturnType<typeof readableLog>['lines'];
  readonly wait: (ms: number) => void;
}

function faults(): Faults {
  const { log, lines } = readableLog();
  let now = 0;
  const faultLog = new FaultLog({ log, clock: () => now });
  return { record: faultLog.record.bind(faultLog), lines, wait: (ms) => void (now += ms) };
}

test('of a fault that every request meets, ten are logged in a minute', () => {
  const { record, lines, wait } = faults();
  for (let index = 0; index < 1_000; index += 1) record('review', 'it failed', { index });
  wait(MINUTE_MS - 1);
  record('review', 'it failed', {});
  assert.deepEqual(
    lines().map(({ index }) => index),
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
  );
});

test('the next line after a minute says how many of its kind were not logged, once', () => {
  const { record, lines, wait } = faults();
  for (let index = 0; index < 1_000; index += 1) record('review', 'it failed', {});
  wait(MINUTE_MS);
  record('review', 'it failed', { uid: 'next' });
  record('review', 'it failed', { uid: 'after' });
  const [next, after] = lines().slice(10);
  assert.partialDeepStrictEqual(next, { level: 'error', msg: 'it failed', uid: 'next', notLogged: 990 });
  assert.equal(after?.['notLogged'], undefined);
});

test('where all were logged, nothing is said to be missing', () => {
  const { record, lines, wait } = faults();
  for (let index = 0; index < 10; index += 1) record('review', 'it failed', {});
  wait(MINUTE_MS);
  record('review', 'it failed', {});
  assert.equal(lines().length, 11);
  assert.ok(lines().every((line) => !('notLogged' in line)));
});

test('a fault that comes all the time does not hide one of another kind', () => {
  const { record, lines } = faults();
  for (let index = 0; index < 100; index += 1) record('check identity-churn', 'a check failed', {});
  record('check deny-contradiction', 'a check failed', { check: 'deny-contradiction' });
  record('replay dead-allow', 'they disagree', { finding: 'dead-allow' });
  assert.equal(lines().length, 12);
  assert.partialDeepStrictEqual(lines().slice(10), [{ check: 'deny-contradiction' }, { finding: 'dead-allow' }]);
});
