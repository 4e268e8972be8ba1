/**
 * What comes out is held against a plain model in test/properties/authenticated-map.test.ts; here, that others get a turn meanwhile.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Contribution } from '../../../../../src/cilium/policy/map/contributions.ts';
import { distillAuthenticated } from '../../../../../src/cilium/policy/map/distill-authenticated.ts';
import { IdentitySlots } from '../../../../../src/cilium/policy/map/identity-slots.ts';
import { L3_KEY } from '../../../../../src/cilium/policy/map/l4-key.ts';
import { NO_ORIGINS } from '../../../../../src/cilium/policy/map/origin-table.ts';

const IDENTITIES = Uint32Array.from({ length: 1_000 }, (_, index) => 1_000 + index);
const RULES = 200;

test('hundreds of rules that select all of many identities at one port are put together with pauses', () => {
  let asked = 0;
  const rule: Contribution = {
    ids: () => {
      asked += 1;
      return IDENTITIES;
    },
    precedence: 5,
    origin: 0,
  };
  const columns = new Map([[L3_KEY, Array.from({ length: RULES }, () => rule)]]);
  const slots = new IdentitySlots();
  slots.add(IDENTITIES);
  slots.seal();
  const taken: number[] = [];
  const sink = { take: (slot: number) => taken.push(slot) };
  const wildcards = Int32Array.from(slots.ids, () => -1);
  const options = { slots, wildcards, aggregates: false, origins: NO_ORIGINS, undecided: 'fewest' } as const;
  const steps = distillAuthenticated(columns, sink, options);
  let most = 0;
  for (let isDone = false; !isDone; most = Math.max(most, asked)) {
    asked = 0;
    isDone = steps.next().done === true;
  }
  assert.equal(taken.length, IDENTITIES.length);
  assert.ok(most <= 10, `${most} rules in one step`);
});
