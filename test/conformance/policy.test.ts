/**
 * Policy maps against Cilium's recorded answers, entry by entry: through decoding, the store and its view.
 */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { assertAnswered } from './assert-world.ts';
import { answerMap } from './map-answer.ts';
import { MINORS, RECORDED, recordedWorlds } from './recorded-worlds.ts';

const worlds = recordedWorlds();

for (const minor of MINORS) {
  suite(`Cilium ${RECORDED[minor]}`, () => {
    for (const { world, answers } of worlds) {
      test(`${world.name} is answered as Cilium answers it`, () => {
        assertAnswered(answerMap(RECORDED[minor], world), answers[minor]);
      });
    }
  });
}

test('the answers were recorded from the versions that are asked', () => {
  for (const { answers } of worlds) {
    for (const minor of MINORS) assert.equal(answers[minor].version, RECORDED[minor]);
  }
});
