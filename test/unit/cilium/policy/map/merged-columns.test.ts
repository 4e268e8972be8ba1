import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Contribution } from '../../../../../src/cilium/policy/map/contributions.ts';
import { MergedColumns } from '../../../../../src/cilium/policy/map/merged-columns.ts';

const ids = () => Uint32Array.of(1, 2);

function column(origin: number, ...precedences: readonly number[]): readonly Contribution[] {
  return precedences.map((precedence) => ({ ids, precedence, origin }));
}

function merged(of: readonly Contribution[], size = 2) {
  const numbers = new Uint32Array(size);
  return { column: of, slots: numbers, precedences: numbers, origins: numbers };
}

test('what says the same is found, and nothing else is', () => {
  const columns = new MergedColumns();
  const kept = merged(column(1, 5, 6));
  columns.keep(kept);
  assert.equal(columns.find(column(1, 5, 6)), kept);
  const others = [column(2, 5, 6), column(1, 6, 5), column(1, 5, 6, 7), column(1, 5), []];
  for (const other of others) assert.equal(columns.find(other), undefined);
  const sameOfOthers = column(1, 5, 6).map((one) => ({ ...one, ids: () => Uint32Array.of(1, 2) }));
  assert.equal(columns.find(sameOfOthers), undefined);
});

test('of many the last sixteen are kept', () => {
  const columns = new MergedColumns();
  const many = Array.from({ length: 40 }, (_, origin) => merged(column(origin, 5, 6)));
  for (const one of many) columns.keep(one);
  const found = many.map((one) => columns.find(one.column) === one);
  assert.deepEqual(
    found,
    many.map((_, index) => index >= 24),
  );
});

test('one contribution is not looked up, and one of very many identities is not kept', () => {
  const columns = new MergedColumns();
  columns.keep(merged(column(1, 5)));
  assert.equal(columns.isWorthwhile(column(1, 5)), false);
  assert.equal(columns.find(column(1, 5)), undefined);
  columns.keep(merged(column(1, 5, 6), 2 ** 16 + 1));
  assert.equal(columns.find(column(1, 5, 6)), undefined);
  columns.keep(merged(column(1, 5, 6), 2 ** 16));
  assert.notEqual(columns.find(column(1, 5, 6)), undefined);
});
