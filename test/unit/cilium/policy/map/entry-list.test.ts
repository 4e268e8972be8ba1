import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EntryList } from '../../../../../src/cilium/policy/map/entry-list.ts';
import { runToEnd } from '../../../../../src/cilium/run-to-end.ts';

test('many entries are put in the order of their identities, and keep their own there', () => {
  const ids = Uint32Array.of(1, 7, 1001);
  const list = new EntryList(ids);
  const size = 200_000;
  for (let index = 0; index < size; index += 1) list.take((index * 2) % 3, index, index + 1, index + 2);
  const { starts, keys, precedences, origins } = runToEnd(list.arrange());
  const bySlot = [0, 1, 2].map((slot) => [...Array(size).keys()].filter((index) => (index * 2) % 3 === slot));
  assert.deepEqual([...starts], [0, 66_667, 133_333, size]);
  assert.deepEqual([...keys], bySlot.flat());
  assert.ok(precedences.every((precedence, index) => precedence === (keys[index] ?? 0) + 1));
  assert.ok(origins.every((origin, index) => origin === (keys[index] ?? 0) + 2));
});

test('identities without an entry have an empty stretch', () => {
  const list = new EntryList(Uint32Array.of(5, 6, 7));
  list.take(1, 80, 1, 1);
  assert.deepEqual([...runToEnd(list.arrange()).starts], [0, 0, 1, 1]);
});
