import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Contribution } from '../../../../../src/cilium/policy/map/contributions.ts';
import { MergedColumns, type MergedColumn } from '../../../../../src/cilium/policy/map/merged-columns.ts';

const ids = () => Uint32Array.of(1, 2);

function column(origin: number, ...precedences: readonly number[]): readonly Contribution[] {
  return precedences.map((precedence) => ({ ids, precedence, origin }));
}

/** Whether it was kept. */
function keep(columns: MergedColumns, of: readonly Contribution[], size = 2): boolean {
  const numbers = new Uint32Array(2);
  let kept: MergedColumn | undefined;
  columns.keep(of, size, () => (kept = { column: of, slots: numbers, precedences: numbers, origins: numbers }));
  assert.equal(columns.find(of), kept);
  return kept !== undefined;
}

test('what says the same is found, and nothing else is', () => {
  const columns = new MergedColumns();
  assert.ok(keep(columns, column(1, 5, 6)));
  assert.notEqual(columns.find(column(1, 5, 6)), undefined);
  const others = [column(2, 5, 6), column(1, 6, 5), column(1, 5, 6, 7), column(1, 5), []];
  for (const other of others) assert.equal(columns.find(other), undefined);
  const sameOfOthers = column(1, 5, 6).map((one) => ({ ...one, ids: () => Uint32Array.of(1, 2) }));
  assert.equal(columns.find(sameOfOthers), undefined);
});

test('of many the last sixteen are kept', () => {
  const columns = new MergedColumns();
  const many = Array.from({ length: 40 }, (_, origin) => column(origin, 5, 6));
  for (const one of many) assert.ok(keep(columns, one));
  assert.deepEqual(
    many.map((one) => columns.find(one)?.column === one),
    many.map((_, index) => index >= 24),
  );
});

test('what one contribution comes to is not kept, nor what is said of very many identities', () => {
  const columns = new MergedColumns();
  assert.equal(keep(columns, column(1, 5)), false);
  assert.equal(keep(columns, column(1, 5, 6), 2 ** 16 + 1), false);
  assert.equal(keep(columns, column(1, 5, 6), 2 ** 16), true);
});
