import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MOST_ORIGINS } from '../../../../../src/cilium/policy/filter-entry.ts';
import { NO_ORIGINS, OriginTable } from '../../../../../src/cilium/policy/map/origin-table.ts';
import type { RuleRef } from '../../../../../src/cilium/objects.ts';

function refs(...fields: readonly string[]): readonly RuleRef[] {
  const object = { kind: 'CiliumNetworkPolicy', namespace: 'a', name: 'p' } as const;
  return fields.map((field) => ({ object, field }));
}

test('a list has one number, and the empty one is 0', () => {
  const table = new OriginTable();
  const [a, b] = [refs('a'), refs('b')];
  const [first, second] = [table.indexOf(a), table.indexOf(b)];
  assert.deepEqual([table.indexOf([]), table.at(0)], [0, []]);
  assert.deepEqual([table.indexOf(a), table.indexOf(b)], [first, second]);
  assert.deepEqual([table.at(first), table.at(second)], [a, b]);
});

test('lists are joined once, each rule named once, the first list first', () => {
  const table = new OriginTable();
  const [x, y, z] = refs('x', 'y', 'z');
  assert.ok(x && y && z);
  const [first, second, third] = [table.indexOf([x, y]), table.indexOf([y, z]), table.indexOf([z])];
  assert.deepEqual(
    [table.join(first, 0), table.join(0, first), table.join(0, 0), table.join(first, first)],
    [first, first, 0, first],
  );
  const joined = table.join(first, second);
  assert.deepEqual(table.at(joined), [x, y, z]);
  assert.equal(table.join(first, second), joined);
  assert.equal(table.join(second, first), joined);
  for (const [a, b, list] of [
    [first, third, [x, y, z]],
    [second, third, [y, z]],
    [joined, third, [x, y, z]],
  ] as const) {
    assert.deepEqual(table.at(table.join(a, b)), list, `${a} and ${b}`);
  }
});

test('a joined list has no more than anybody reads, and nothing is joined to one that has so many', () => {
  const table = new OriginTable();
  const all = refs(...Array.from({ length: MOST_ORIGINS + 9 }, (_, index) => `rule ${index}`));
  const [most, one, last] = [all.slice(0, MOST_ORIGINS), all.slice(0, 1), all.slice(-1)].map((list) =>
    table.indexOf(list),
  );
  assert.ok(most !== undefined && one !== undefined && last !== undefined);
  assert.equal(table.join(most, last), most);
  assert.deepEqual(table.at(table.join(last, most)), [...all.slice(-1), ...all.slice(0, MOST_ORIGINS - 1)]);
  assert.deepEqual(table.at(table.join(one, most)), all.slice(0, MOST_ORIGINS));
});

test('counts name no rules', () => {
  assert.deepEqual([NO_ORIGINS.indexOf(refs('a')), NO_ORIGINS.join(1, 2)], [0, 0]);
});
