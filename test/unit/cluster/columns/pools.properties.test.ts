/**
 * Pools, lists of rows and columns against plain maps and arrays.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { floatColumn, numberColumn } from '../../../../src/cluster/columns/column.ts';
import { emptyList, RowLists } from '../../../../src/cluster/columns/row-lists.ts';
import { Sequences } from '../../../../src/cluster/columns/sequences.ts';
import { TextPool } from '../../../../src/cluster/columns/text-pool.ts';
import { WordPool } from '../../../../src/cluster/columns/word-pool.ts';
import { RUNS, SEED } from '../../../support/random-cluster.ts';

const steps = <Item>(item: fc.Arbitrary<Item>): fc.Arbitrary<readonly (readonly [Item, boolean])[]> =>
  fc.array(fc.tuple(item, fc.boolean()), { maxLength: 200 });

interface Pool<Item> {
  readonly size: number;
  hold(item: Item): number;
  at(number: number): Item | ArrayLike<number>;
  release(number: number): unknown;
}

/** What is held, and how often. */
function assertHolds<Item>(pool: Pool<Item>, taken: readonly (readonly [Item, boolean])[]): void {
  const held = new Map<string, { readonly item: Item; readonly number: number; holds: number }>();
  for (const [item, isHold] of taken) {
    const text = JSON.stringify(item);
    const known = held.get(text);
    if (isHold) {
      const number = pool.hold(item);
      assert.equal(number, known?.number ?? number);
      held.set(text, { item, number, holds: (known?.holds ?? 0) + 1 });
    } else if (known !== undefined) {
      pool.release(known.number);
      known.holds -= 1;
      if (known.holds === 0) held.delete(text);
    }
    assert.equal(pool.size, held.size);
    assert.equal(new Set([...held.values()].map(({ number }) => number)).size, held.size);
    for (const { item: wanted, number } of held.values()) assert.deepEqual(plain(pool.at(number)), wanted);
  }
}

function plain(item: unknown): unknown {
  return item instanceof Int32Array ? [...item] : item;
}

test('a pool of texts holds each once, under one number, until the last lets go', () => {
  const text = fc.constantFrom('', 'a', 'b', '__proto__', 'constructor', 'web');
  fc.assert(
    fc.property(steps(text), (taken) => assertHolds(new TextPool(), taken)),
    { seed: SEED, numRuns: RUNS },
  );
});

test('a pool of words holds each sequence once, under one number, until the last lets go', () => {
  const words = fc.array(fc.constantFrom(0, 1, 2, -1, 2 ** 31 - 1), { maxLength: 3 });
  fc.assert(
    fc.property(steps(words), (taken) => assertHolds(new WordPool(), taken)),
    { seed: SEED, numRuns: RUNS },
  );
});

test('sequences read as they were set, whatever comes and goes around them', () => {
  const step = fc.tuple(fc.integer({ min: 1, max: 8 }), fc.nat(400), fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 100 }), (taken) => {
      const sequences = new Sequences();
      const held = new Map<number, readonly number[]>();
      for (const [number, length, value] of taken) {
        if (held.delete(number)) sequences.delete(number);
        else {
          held.set(
            number,
            Array.from({ length }, (_, index) => (value + index) | 0),
          );
          sequences.set(number, held.get(number) ?? []);
        }
        for (const [each, wanted] of held) assert.deepEqual(Array.from(sequences.at(each)), wanted);
      }
    }),
    { seed: SEED, numRuns: RUNS },
  );
});

test('a pool of many words finds each of them again', () => {
  const pool = new WordPool();
  const numbers = Array.from({ length: 5_000 }, (_, index) => pool.hold([index, index >> 3, 7]));
  assert.equal(new Set(numbers).size, numbers.length);
  for (const [index, number] of numbers.entries()) assert.equal(pool.hold([index, index >> 3, 7]), number);
  for (const number of numbers) assert.equal(pool.release(number), false);
  for (const number of numbers) assert.equal(pool.release(number), true);
  assert.equal(pool.size, 0);
});

test('lists of rows have what was appended and not removed, in order', () => {
  const step = fc.tuple(fc.integer({ min: 1, max: 12 }), fc.nat(2));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 100 }), (taken) => {
      const lists = new RowLists();
      const all = [0, 1, 2].map(() => ({ list: emptyList(), rows: [] as number[] }));
      for (const [row, which] of taken) {
        const holder = all.find(({ rows }) => rows.includes(row));
        if (holder !== undefined) {
          lists.remove(holder.list, row);
          holder.rows.splice(holder.rows.indexOf(row), 1);
        }
        const into = all[which];
        if (holder !== into && into !== undefined) {
          lists.append(into.list, row);
          into.rows.push(row);
        }
        for (const { list, rows } of all) {
          assert.deepEqual([...lists.rows(list)], rows);
          assert.equal(list.size, rows.length);
        }
      }
    }),
    { seed: SEED, numRuns: RUNS },
  );
});

test('a column holds what was set last, and 0 elsewhere', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(5_000), fc.nat(2 ** 32 - 1))), (sets) => {
      const [column, times, model] = [numberColumn(), floatColumn(), new Map<number, number>()];
      for (const [row, value] of sets) {
        column.set(row, value);
        times.set(row, value / 3);
        model.set(row, value);
      }
      for (const row of [...model.keys(), 0, 4_999, 1_000_000]) {
        assert.equal(column.at(row), model.get(row) ?? 0);
        assert.equal(times.at(row), (model.get(row) ?? 0) / 3);
      }
    }),
    { seed: SEED, numRuns: RUNS },
  );
});
