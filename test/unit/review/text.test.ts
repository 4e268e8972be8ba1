import assert from 'node:assert/strict';
import { test } from 'node:test';
import { roundedToOneDigit } from '../../../src/checks/facts/wording.ts';

test('counts of identities of others are rounded to one digit', () => {
  assert.deepEqual([0, 7, 12, 37, 95, 2_311, 65_280].map(roundedToOneDigit), [0, 7, 10, 40, 100, 2_000, 70_000]);
});
