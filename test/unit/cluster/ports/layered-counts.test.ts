/**
 * Counts of items in layers, against counts that are made from nothing.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LayeredCounts } from '../../../../src/cluster/ports/layered-counts.ts';
import { RUNS, SEED } from '../../../support/random-cluster.ts';

type Step = readonly [key: string, item: number, by: 1 | -1];

const step: fc.Arbitrary<Step> = fc.tuple(fc.constantFrom('a', 'b'), fc.nat(3), fc.constantFrom(1, -1));

/** What is left of these steps, where nothing is taken that is not there. */
class Plain {
  readonly counts = new Map<string, number>();

  take([key, item, by]: Step): boolean {
    const count = this.#of(key, item) + by;
    if (count >= 0) this.counts.set(`${key}${item}`, count);
    return count >= 0;
  }

  of(key: string): ReadonlyMap<number, number> {
    const all = [0, 1, 2, 3].map((item) => [item, this.#of(key, item)] as const);
    return new Map(all.filter(([, count]) => count > 0));
  }

  #of(key: string, item: number): number {
    return this.counts.get(`${key}${item}`) ?? 0;
  }
}

function assertSame(layer: LayeredCounts<string, number>, plain: Plain): void {
  for (const key of ['a', 'b']) {
    const wanted = plain.of(key);
    assert.deepEqual(new Map([...layer.of(key)].sort(([a], [b]) => a - b)), wanted);
    assert.equal(layer.only(key), wanted.size === 1 ? [...wanted.keys()][0] : undefined);
  }
}

test('layers answer as one count of everything would, and leave those below as they are', () => {
  fc.assert(
    fc.property(fc.array(fc.array(step, { maxLength: 12 }), { minLength: 1, maxLength: 3 }), (layers) => {
      const plain = new Plain();
      let layer: LayeredCounts<string, number> | undefined;
      for (const steps of layers) {
        layer = new LayeredCounts<string, number>(layer);
        for (const [key, item, by] of steps) {
          const before = plain.of(key).has(item);
          if (!plain.take([key, item, by])) continue;
          assert.equal(layer.add(key, item, by), before !== plain.of(key).has(item));
          assertSame(layer, plain);
        }
      }
    }),
    { seed: SEED, numRuns: RUNS },
  );
});

test('a layer asks those below for one item without going through all of them', () => {
  class Watched extends LayeredCounts<string, number> {
    looks = 0;
    override of(key: string): ReadonlyMap<number, number> {
      this.looks += 1;
      return super.of(key);
    }
  }
  const below = new Watched();
  for (let item = 0; item < 1_000; item += 1) below.add('a', item, 1);
  const layer = new LayeredCounts<string, number>(below);
  for (let item = 0; item < 1_000; item += 1) {
    layer.add('a', item, -1);
    layer.add('a', item, 1);
    assert.equal(layer.only('a'), undefined);
  }
  assert.equal(below.looks, 0);
});
