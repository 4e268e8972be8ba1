/**
 * How much work decisions and events are, in calls and rounds: noise has no part in it, so that it can be a gate.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { baseline, changedCounts, countedWork, REWRITE, type WorkCounts } from './baseline.ts';
import type { Counts } from './work-counters.ts';

test('decisions and events are as much work as was written down', () => {
  const changes = changedCounts(baseline(), countedWork());
  const message = [
    'The work of decisions is not what test/work/baseline.json says:',
    ...changes,
    `If that is meant: ${REWRITE}`,
  ];
  assert.ok(changes.length === 0, message.join('\n'));
});

function countsWith(steps: number, selectorsTested = 0): WorkCounts {
  return { '1.20.2': { 'pod, known identity': { steps, selectorsTested } as Counts } };
}

test('a count may differ by two percent', () => {
  assert.deepEqual(changedCounts(countsWith(100), countsWith(102)), []);
  assert.deepEqual(changedCounts(countsWith(100), countsWith(98)), []);
});

test('one that rose or fell by more is told with its decision, before and after', () => {
  const name = 'steps of "pod, known identity" in 1.20.2';
  assert.deepEqual(changedCounts(countsWith(100), countsWith(103)), [`${name} rose: 100 -> 103 (+3.0 %)`]);
  assert.deepEqual(changedCounts(countsWith(100), countsWith(97)), [`${name} fell: 100 -> 97 (-3.0 %)`]);
});

test('so is one that was nothing before, and one that is not counted any more', () => {
  const tested = 'selectorsTested of "pod, known identity" in 1.20.2';
  assert.deepEqual(changedCounts(countsWith(100), countsWith(100, 1)), [`${tested} rose: 0 -> 1`]);
  const steps = 'steps of "pod, known identity" in 1.20.2';
  assert.deepEqual(changedCounts(countsWith(100), {}), [`${steps}: 100 -> gone`, `${tested}: 0 -> gone`]);
  assert.deepEqual(changedCounts({}, countsWith(100))[0], `${steps}: not counted -> 100`);
});
