import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Label } from '../../../../src/cilium/identity/label.ts';
import { LabelPool } from '../../../../src/cluster/columns/label-pool.ts';
import { RUNS, SEED } from '../../../support/random-cluster.ts';

const word = fc.constantFrom('', 'a', 'b', '__proto__');
const label: fc.Arbitrary<Label> = fc.record({ source: word, key: word, value: word }, { noNullPrototype: true });

function textOf({ source, key, value }: Label): string {
  return JSON.stringify([source, key, value]);
}

test('equal labels are one object as long as somebody holds them, and another later', () => {
  const steps = fc.array(fc.tuple(fc.array(label, { maxLength: 4 }), fc.boolean()), { maxLength: 60 });
  fc.assert(
    fc.property(steps, (taken) => {
      const pool = new LabelPool();
      const all: (readonly Label[])[] = [];
      for (const [labels, isHold] of taken) {
        if (isHold) {
          const known = new Map(all.flat().map((each) => [textOf(each), each]));
          const held = pool.hold(labels);
          assert.deepEqual(held, labels);
          for (const each of held) assert.equal(known.get(textOf(each)) ?? each, each);
          all.push(held);
        } else pool.release(all.shift() ?? []);
      }
      for (const held of all) pool.release(held);
      const fresh = taken.flatMap(([labels]) => labels).map((each) => ({ ...each }));
      const first = new Map(fresh.map((each) => [textOf(each), each]).reverse() as [string, Label][]);
      for (const held of pool.hold(fresh)) assert.equal(held, first.get(textOf(held)));
    }),
    { seed: SEED, numRuns: RUNS },
  );
});

test('labels that are held already come back in the list that they were given in', () => {
  const pool = new LabelPool();
  const held = pool.hold([{ source: 'k8s', key: 'app', value: 'web' }]);
  assert.equal(pool.hold(held), held);
  const copy = held.map((each) => ({ ...each }));
  assert.notEqual(pool.hold(copy), copy);
});
