import assert from 'node:assert/strict';
import { test } from 'node:test';
import { getOrMake } from '../../../src/cilium/get-or-make.ts';

test('a value is made once, and found from then on', () => {
  const map = new Map<string, number[]>();
  const first = getOrMake(map, 'a', () => [1]);
  assert.equal(
    getOrMake(map, 'a', () => [2]),
    first,
  );
  assert.deepEqual([...map], [['a', [1]]]);
});
