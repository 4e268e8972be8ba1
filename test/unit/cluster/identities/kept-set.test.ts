import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { identitySet } from '../../../../src/cilium/identity/identity-set.ts';
import { KeptSet } from '../../../../src/cluster/identities/kept-set.ts';
import { RUNS, SEED } from '../../../support/random-cluster.ts';

const identity = fc.integer({ min: 1, max: 20 });

test('a kept set has what was added and not deleted, asked for now and then', () => {
  const step = fc.tuple(identity, fc.constantFrom('add', 'delete', 'ask'));
  fc.assert(
    fc.property(fc.array(identity), fc.array(step, { maxLength: 80 }), (first, steps) => {
      const [kept, model] = [new KeptSet(identitySet(first)), new Set(first)];
      for (const [each, what] of steps) {
        if (what === 'add') {
          if (!model.has(each)) kept.add(each);
          model.add(each);
        } else if (what === 'delete') assert.equal(kept.delete(each), model.delete(each));
        else assert.deepEqual(kept.members(), identitySet(model));
        assert.equal(kept.size, model.size);
      }
      assert.deepEqual(kept.members(), identitySet(model));
    }),
    { seed: SEED, numRuns: RUNS },
  );
});

test('who asks again without a change gets the same set', () => {
  const kept = new KeptSet(identitySet([1, 2]));
  kept.add(3);
  kept.delete(3);
  assert.equal(kept.members(), kept.members());
});
