import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { KeyLists } from '../../../../src/cluster/identities/key-lists.ts';
import type { LabelKey } from '../../../../src/cluster/identities/label-keys.ts';
import { runsOr, SEED } from '../../../support/random-cluster.ts';

/** Some share a hash, so that lists meet. */
const KEYS: readonly LabelKey[] = [0, 0, 31, 1, 1].map((hash) => ({ kind: 'kept', hash }));
const list = fc.array(fc.constantFrom(...KEYS), { maxLength: 3 });

function nameOf(keys: readonly LabelKey[]): string {
  return keys.map((key) => KEYS.indexOf(key)).join(' ');
}

test('a list is one object as long as somebody holds it, whoever else comes and goes', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), list), { maxLength: 60 }), (steps) => {
      const lists = new KeyLists();
      const held = new Map<string, (readonly LabelKey[])[]>();
      for (const [isHeld, keys] of steps) {
        const mine = held.get(nameOf(keys)) ?? [];
        held.set(nameOf(keys), mine);
        if (isHeld) {
          const one = lists.hold(keys);
          assert.deepEqual(one, keys);
          if (mine[0] !== undefined) assert.equal(one, mine[0]);
          mine.push(one);
        } else if (mine.pop() !== undefined) lists.release(keys);
      }
    }),
    { seed: SEED, numRuns: runsOr(500) },
  );
});

test('a list that nobody holds is forgotten', () => {
  const lists = new KeyLists();
  const keys = KEYS.slice(0, 2);
  const first = lists.hold(keys);
  assert.equal(lists.hold([...keys]), first);
  lists.release(keys);
  assert.equal(lists.hold([...keys]), first);
  lists.release(keys);
  lists.release(keys);
  assert.notEqual(lists.hold([...keys]), first);
});
