import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Budget } from '../../../src/cilium/budget.ts';

test('a budget lets as many steps be taken as it has', () => {
  const one = new Budget(3);
  assert.deepEqual(
    [1, 2, 3, 4, 5].map(() => one.spend()),
    [true, true, true, false, false],
  );
  const many = new Budget(3);
  assert.deepEqual([many.spend(3), many.spend(0), many.spend(1)], [true, true, false]);
  assert.equal(new Budget(3).spend(4), false);
});
