/**
 * Policy maps against Cilium's recorded answers, entry by entry: through decoding, the store and its view.
 */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { answerMap, type MapAnswer } from './map-answer.ts';
import { NOT_COVERED } from './not-covered.ts';
import { judged, MINORS, RECORDED, recordedWorlds, type Minor } from './recorded-worlds.ts';
import type { WorldAnswer } from './world-answer.ts';

const worlds = recordedWorlds();

function isListed(name: string, minor: Minor): boolean {
  return NOT_COVERED.some(({ world, minors }) => world === name && minors.includes(minor));
}

/** With one number of entries. */
function answered(answer: MapAnswer): WorldAnswer {
  assert.ok(!('error' in answer) && !('nondeterministic' in answer), JSON.stringify(answer));
  return answer;
}

for (const minor of MINORS) {
  suite(`Cilium ${RECORDED[minor]}`, () => {
    for (const { world, answers } of worlds) {
      if (isListed(world.name, minor)) continue;
      test(`${world.name} is answered as Cilium answers it`, () => {
        const answer = answered(answerMap(RECORDED[minor], world));
        const { ingressEnforced, egressEnforced, resolveError } = answers[minor];
        assert.deepEqual(judged(answer), judged(answers[minor]));
        // Without a policy nothing is said of directions.
        if (resolveError !== undefined) return;
        if (ingressEnforced !== undefined) assert.equal(answer.ingressEnforced, ingressEnforced);
        if (egressEnforced !== undefined) assert.equal(answer.egressEnforced, egressEnforced);
      });
    }
  });
}

suite('worlds that are not covered', () => {
  for (const { world: name, minors, feature } of NOT_COVERED) {
    for (const minor of MINORS.filter((one) => minors.includes(one))) {
      test(`${name} in ${minor} is answered with "${feature}"`, () => {
        const recorded = worlds.find(({ world }) => world.name === name);
        assert.ok(recorded, `there is no world ${name}`);
        const answer = answerMap(RECORDED[minor], recorded.world);
        assert.ok('error' in answer, 'it is answered: take it off the list');
        assert.ok(answer.error.startsWith(`not covered: ${feature}`), answer.error);
      });
    }
  }
});

test('the answers were recorded from the versions that are asked', () => {
  for (const { answers } of worlds) {
    for (const minor of MINORS) assert.equal(answers[minor].version, RECORDED[minor]);
  }
});
