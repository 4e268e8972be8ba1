import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { JsonPatch } from '../../../src/checks/check.ts';
import { movesTo } from '../../../src/review/moved-patch.ts';

const remove = (...paths: readonly string[]): JsonPatch => paths.map((path) => ({ op: 'remove', path }));

describe('a patch for what was submitted', () => {
  test('moves up by each element that was taken out before it in the same list', () => {
    assert.ok(movesTo(remove('/egress/3/toPorts/0'), remove('/egress/0', '/egress/0'), remove('/egress/1/toPorts/0')));
    assert.ok(!movesTo(remove('/egress/3'), remove('/egress/0'), remove('/egress/3')));
  });

  test('stays where what was taken out stands behind it, or in another list', () => {
    for (const applied of ['/egress/4', '/ingress/0', '/egress/3/toPorts/0', '/labels/app', '/egress/3/toCIDR/0/x']) {
      assert.ok(movesTo(remove('/egress/3/toCIDR/2'), remove(applied), remove('/egress/3/toCIDR/2')), applied);
    }
  });

  test('is no other patch once its element is gone', () => {
    assert.ok(!movesTo(remove('/egress/3/toCIDR/0'), remove('/egress/3'), remove('/egress/3/toCIDR/0')));
    assert.ok(!movesTo(remove('/egress/3'), remove('/egress/3'), remove('/egress/2')));
  });

  test('is another patch where it does something else there', () => {
    const add = (value: string): JsonPatch => [{ op: 'add', path: '/egress/0/protocol', value }];
    assert.ok(movesTo(add('TCP'), [], add('TCP')));
    assert.ok(!movesTo(add('TCP'), [], add('UDP')));
    assert.ok(!movesTo(add('TCP'), [], [...add('TCP'), ...add('TCP')]));
  });
});
