import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { holds, identitySet, type IdentitySet } from '../../../../../src/cilium/identity/identity-set.ts';
import { alikeIdentities, type AlikeIdentities } from '../../../../../src/cilium/policy/map/alike-identities.ts';
import { wildcardFor } from '../../../../../src/cilium/policy/map/aggregates.ts';
import { endpointSelector, exists, type EndpointSelector } from '../../../../../src/cilium/policy/selector.ts';
import { runToEnd } from '../../../../../src/cilium/run-to-end.ts';
import { contextFor } from '../../../../support/policies.ts';
import { runsOr, SEED } from '../../../../support/random-cluster.ts';

const CONTEXT = contextFor('1.20.2');

type Sets = readonly IdentitySet[];

function selectorAt(index: number): EndpointSelector {
  return endpointSelector([exists('k8s', `key-${index}`)]);
}

/** With a selector for each set, which selects it. */
function stepsOf(sets: Sets): Generator<undefined, AlikeIdentities | undefined> {
  const selectors = [...sets.keys()].map(selectorAt);
  const sizes = new Map(selectors.map(({ key }, index) => [key, sets[index] ?? identitySet([])]));
  const selections = ({ key }: EndpointSelector): IdentitySet => sizes.get(key) ?? identitySet([]);
  return alikeIdentities(selectors, { context: CONTEXT, selections });
}

function alike(sets: Sets): AlikeIdentities {
  const found = runToEnd(stepsOf(sets));
  assert.ok(found !== undefined);
  return found;
}

/** What tells an identity from others: the sets that have it, its wildcard, and its number where that is reserved. */
function kindOf(id: number, sets: Sets): string {
  const selecting = sets.flatMap((set, index) => (holds(set, id) ? [index] : []));
  return `${selecting.join()} ${wildcardFor(id, CONTEXT)} ${id < 256 ? id : ''}`;
}

suite('of identities that the same selectors select', () => {
  test('one stands for all', () => {
    const { selections, sizeOf } = alike([identitySet([1001, 1002, 1003]), identitySet([1002, 1003, 1004])]);
    const [first, second] = [[...selections(selectorAt(0))], [...selections(selectorAt(1))]];
    assert.deepEqual(
      [first, second].map((ids) => ids.length),
      [2, 2],
    );
    assert.deepEqual(first.map(sizeOf), [1, 2]);
    assert.deepEqual(second.map(sizeOf), [2, 1]);
    assert.equal(first[1], second[0]);
  });

  test('those of another wildcard stand apart, and so does each that is reserved', () => {
    const set = identitySet([1, 2, 7, 1001, 1002, 131_573, 16_777_217, 16_777_218, 33_554_433]);
    const { selections, sizeOf } = alike([set]);
    const kinds = [...selections(selectorAt(0))].map((id) => [wildcardFor(id, CONTEXT), sizeOf(id)]);
    assert.deepEqual(kinds, [
      [0, 1],
      [0, 1],
      [0, 1],
      [11, 2],
      [12, 1],
      [13, 2],
      [14, 1],
    ]);
  });

  test('the one is found whatever the sets are', () => {
    const id = fc.oneof(
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 4000, max: 4200 }),
      fc.integer({ min: 65_530, max: 65_540 }),
      fc.integer({ min: 2 ** 24, max: 2 ** 24 + 20 }),
    );
    const sets = fc.array(fc.array(id, { maxLength: 60 }).map(identitySet), { maxLength: 8 });
    const property = fc.property(sets, (all) => {
      const { selections, sizeOf } = alike(all);
      const everybody = identitySet(all.flatMap((set) => [...set]));
      const expected = Map.groupBy(everybody, (one) => kindOf(one, all));
      const found = identitySet(all.flatMap((_, index) => [...selections(selectorAt(index))]));
      assert.deepEqual(
        [...found].map((one) => [kindOf(one, all), sizeOf(one)]).sort(),
        [...expected].map(([kind, ids]) => [kind, ids.length]).sort(),
      );
      for (const [index, set] of all.entries()) {
        assert.deepEqual(
          [...selections(selectorAt(index))],
          [...found].filter((one) => holds(set, one)),
        );
      }
    });
    fc.assert(property, { seed: SEED, numRuns: runsOr(500) });
  });
});

test('one that no selector selects stands for itself', () => {
  assert.equal(alike([identitySet([1001])]).sizeOf(1), 1);
});

test('where thousands of identities are of a kind of their own nobody stands for them', () => {
  const bits = Array.from({ length: 17 }, (_, bit) => bit);
  const sets = bits.map((bit) =>
    identitySet([...Array(2 ** 17).keys()].filter((id) => id > 255 && (id >> bit) % 2 === 1)),
  );
  assert.equal(runToEnd(stepsOf(sets)), undefined);
});

test('where kinds are of very many selectors each, nobody stands for them either', () => {
  const everybody = Array.from({ length: 2 ** 13 }, (_, index) => 256 + index);
  const bits = Array.from({ length: 13 }, (_, bit) => identitySet(everybody.filter((id) => (id >> bit) % 2 === 1)));
  const all = identitySet(everybody);
  assert.ok(runToEnd(stepsOf([...Array<IdentitySet>(100).fill(all), ...bits])) !== undefined);
  assert.equal(runToEnd(stepsOf([...Array<IdentitySet>(128).fill(all), ...bits])), undefined);
});

test('sorting thousands of selectors gives way now and then, and so does sorting large sets', () => {
  const few = Array.from({ length: 4096 }, (_, index) => identitySet([256 + index]));
  assert.ok([...stepsOf(few)].length >= 16);
  const large = Array.from({ length: 8 }, () => identitySet([...Array(2 ** 15).keys()]));
  assert.ok([...stepsOf(large)].length >= 8);
});
