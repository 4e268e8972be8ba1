import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Contribution } from '../../../../../src/cilium/policy/map/contributions.ts';
import { distill } from '../../../../../src/cilium/policy/map/distill.ts';
import { IdentitySlots } from '../../../../../src/cilium/policy/map/identity-slots.ts';
import { L3_KEY } from '../../../../../src/cilium/policy/map/l4-key.ts';
import { NO_ORIGINS } from '../../../../../src/cilium/policy/map/origin-table.ts';
import { isRepeated } from '../../../../../src/cilium/policy/map/repeated.ts';
import { runToEnd } from '../../../../../src/cilium/run-to-end.ts';

const [POD, AGGREGATE] = [1002, 11];
/** Of one tier, and of a later one. */
const [STRONG, WEAKER, LATER] = [261, 260, 5];
const BESIDE = { identity: POD, aggregate: AGGREGATE, precedence: STRONG };

function sent(listener: string | undefined, ids: readonly number[], precedence = STRONG): Contribution {
  const contribution = { ids: () => Uint32Array.from(ids), precedence, origin: 0 };
  return listener === undefined ? contribution : { ...contribution, listener };
}

function logged(log: string, ids: readonly number[], precedence = STRONG): Contribution {
  return { ...sent(undefined, ids, precedence), log };
}

/** As an agent joins them. */
const BOTH = 'a\u001fb';

const table: readonly (readonly [name: string, answer: string, column: readonly Contribution[]])[] = [
  ['of one listener', 'yes', [sent('l', [AGGREGATE]), sent('l', [POD])]],
  ['of two listeners', 'no', [sent('l', [AGGREGATE]), sent('m', [POD])]],
  ['of a listener and of a proxy of the agent', 'no', [sent(undefined, [AGGREGATE]), sent('m', [POD])]],
  ['of which one has both', 'perhaps', [sent('l', [AGGREGATE, POD]), sent('m', [POD])]],
  ['of which one has two others', 'no', [sent('l', [AGGREGATE]), sent('m', [POD]), sent('n', [POD])]],
  ['of another strength', 'yes', [sent('l', [AGGREGATE, POD]), sent('m', [POD], WEAKER)]],
  ['of two logs', 'no', [logged('a', [AGGREGATE]), logged('b', [POD])]],
  ['of which one is logged', 'no', [logged('a', [AGGREGATE]), sent(undefined, [POD])]],
  ['of one log', 'yes', [logged('a', [AGGREGATE]), logged('a', [POD])]],
  ['of which one has a log more', 'no', [logged('a', [AGGREGATE, POD]), logged('b', [POD])]],
  ['of which the other has a log more', 'perhaps', [logged('a', [AGGREGATE, POD]), logged('b', [AGGREGATE])]],
  ['of which the other never is without', 'no', [logged(BOTH, [AGGREGATE]), logged('a', [POD])]],
  ['of two logs in two ways', 'perhaps', [logged('a', [AGGREGATE]), logged('b', [AGGREGATE]), logged(BOTH, [POD])]],
  ['of which one has a log of a later tier more', 'yes', [logged('a', [AGGREGATE, POD]), logged('b', [POD], LATER)]],
  ['of which one has a weaker log more', 'perhaps', [logged('a', [AGGREGATE, POD]), logged('b', [POD], WEAKER)]],
];

for (const [name, answer, column] of table) {
  test(`an identity and its aggregate ${name}: the same? ${answer}`, () => {
    assert.equal(isRepeated(column, BESIDE), answer);
  });
}

for (const [name, answer, column] of table) {
  test(`beside its aggregate the entry of an identity ${name} is left out: ${answer}`, () => {
    const slots = new IdentitySlots();
    slots.add([AGGREGATE, POD]);
    slots.seal();
    const taken = (undecided: 'fewest' | 'most'): readonly (number | undefined)[] => {
      const ids: (number | undefined)[] = [];
      const sink = { take: (slot: number) => void ids.push(slots.ids[slot]) };
      const options = { slots, wildcards: Int32Array.of(-1, 0), aggregates: true, origins: NO_ORIGINS, undecided };
      runToEnd(distill(new Map([[L3_KEY, column]]), sink, options));
      return ids;
    };
    const [both, one] = [[AGGREGATE, POD], [AGGREGATE]];
    assert.deepEqual(taken('fewest'), answer === 'no' ? both : one);
    assert.deepEqual(taken('most'), answer === 'yes' ? one : both);
  });
}

test('what hundreds of identities and hundreds of rules with a log say is compared with pauses', () => {
  const pods = Array.from({ length: 200 }, (_, index) => POD + index);
  const columns = new Map([[L3_KEY, [logged('a', [AGGREGATE]), ...pods.map(() => logged('b', pods))]]]);
  const slots = new IdentitySlots();
  slots.add([AGGREGATE, ...pods]);
  slots.seal();
  const wildcards = Int32Array.from(slots.ids, (id) => (id === AGGREGATE ? -1 : slots.slotOf(AGGREGATE)));
  const taken: number[] = [];
  const sink = { take: (slot: number) => taken.push(slot) };
  const options = { slots, wildcards, aggregates: true, origins: NO_ORIGINS, undecided: 'fewest' } as const;
  const pauses = [...distill(columns, sink, options)].length;
  assert.equal(taken.length, 201);
  // Merging alone makes few of them.
  assert.ok(pauses >= 30, `${pauses} pauses`);
});
