import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Contribution } from '../../../../../src/cilium/policy/map/contributions.ts';
import { goToOneProxy } from '../../../../../src/cilium/policy/map/proxies.ts';

const [POD, AGGREGATE] = [1002, 11];
const BESIDE = { identity: POD, aggregate: AGGREGATE, precedence: 5 };

function sent(listener: string | undefined, ids: readonly number[], precedence = 5): Contribution {
  const contribution = { ids: () => Uint32Array.from(ids), precedence, origin: 0 };
  return listener === undefined ? contribution : { ...contribution, listener };
}

const table: readonly (readonly [name: string, answer: string, column: readonly Contribution[]])[] = [
  ['of one listener', 'yes', [sent('l', [AGGREGATE]), sent('l', [POD])]],
  ['of two listeners', 'no', [sent('l', [AGGREGATE]), sent('m', [POD])]],
  ['of a listener and of a proxy of the agent', 'no', [sent(undefined, [AGGREGATE]), sent('m', [POD])]],
  ['of which one has both', 'perhaps', [sent('l', [AGGREGATE, POD]), sent('m', [POD])]],
  ['of which one has two others', 'no', [sent('l', [AGGREGATE]), sent('m', [POD]), sent('n', [POD])]],
  ['of another strength', 'yes', [sent('l', [AGGREGATE, POD]), sent('m', [POD], 4)]],
];

for (const [name, answer, column] of table) {
  test(`an identity and its aggregate ${name}: one proxy? ${answer}`, () => {
    assert.equal(goToOneProxy(column, BESIDE), answer);
  });
}
