import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Pace } from '../../../src/cilium/pace.ts';

test('a pause is due once for so many steps, and what goes beyond counts for no other', () => {
  const pace = new Pace(4);
  const due = [1, 2, 1, 3, 9, 3, 1].map((steps) => pace.isPauseDue(steps));
  assert.deepEqual(due, [false, false, true, false, true, false, true]);
});

test('steps that are taken before count as well', () => {
  const pace = new Pace(4);
  pace.take(3);
  assert.equal(pace.isPauseDue(), false);
  pace.take(1);
  assert.equal(pace.isPauseDue(), true);
  assert.equal(pace.isPauseDue(), false);
});
