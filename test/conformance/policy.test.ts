/**
 * Policy maps against Cilium's recorded answers, entry by entry: through decoding, the store and its view.
 */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { answerMap, type MapAnswer } from './map-answer.ts';
import { judged, MINORS, RECORDED, recordedWorlds, type UndecidedAnswer } from './recorded-worlds.ts';
import type { WorldAnswer } from './world-answer.ts';

const worlds = recordedWorlds();

/** With one number of entries. */
function answered(answer: MapAnswer): WorldAnswer {
  assert.ok(!('error' in answer) && !('nondeterministic' in answer), JSON.stringify(answer));
  return answer;
}

/** Cilium itself is undecided: so is the answer, and its bounds hold what Cilium said. */
function leavesOpen(answer: MapAnswer, { mapEntries }: UndecidedAnswer): void {
  assert.ok('nondeterministic' in answer, JSON.stringify(answer));
  const { min, max } = answer.mapEntries;
  assert.ok(min <= mapEntries.min && mapEntries.max <= max, `${min} to ${max}`);
}

for (const minor of MINORS) {
  suite(`Cilium ${RECORDED[minor]}`, () => {
    for (const { world, answers } of worlds) {
      test(`${world.name} is answered as Cilium answers it`, () => {
        const recorded = answers[minor];
        if (recorded.nondeterministic === true) {
          leavesOpen(answerMap(RECORDED[minor], world), recorded);
          return;
        }
        const answer = answered(answerMap(RECORDED[minor], world));
        const { ingressEnforced, egressEnforced, resolveError } = recorded;
        assert.deepEqual(judged(answer), judged(recorded));
        // Without a policy nothing is said of directions.
        if (resolveError !== undefined) return;
        if (ingressEnforced !== undefined) assert.equal(answer.ingressEnforced, ingressEnforced);
        if (egressEnforced !== undefined) assert.equal(answer.egressEnforced, egressEnforced);
      });
    }
  });
}

test('the answers were recorded from the versions that are asked', () => {
  for (const { answers } of worlds) {
    for (const minor of MINORS) assert.equal(answers[minor].version, RECORDED[minor]);
  }
});
