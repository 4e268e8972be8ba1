/**
 * The policy engine against Cilium's recorded answers, entry by entry.
 */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { NOT_COVERED } from './not-covered.ts';
import { judged, MINORS, RECORDED, recordedWorlds, type Minor } from './recorded-worlds.ts';
import { answerWorld } from './world-answer.ts';

const worlds = recordedWorlds();

function isListed(name: string, minor: Minor): boolean {
  return NOT_COVERED.some(({ world, minors }) => world === name && minors.includes(minor));
}

for (const minor of MINORS) {
  suite(`Cilium ${RECORDED[minor]}`, () => {
    for (const { world, answers } of worlds) {
      if (isListed(world.name, minor)) continue;
      test(`${world.name} is answered as Cilium answers it`, () => {
        const answer = answerWorld(RECORDED[minor], world);
        const { ingressEnforced, egressEnforced, resolveError } = answers[minor];
        assert.deepEqual(judged(answer), judged(answers[minor]));
        assert.deepEqual(answer.unsupported, []);
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
      test(`${name} in ${minor} is answered with "${feature}" as unsupported, and would not pass`, () => {
        const recorded = worlds.find(({ world }) => world.name === name);
        assert.ok(recorded, `there is no world ${name}`);
        const answer = answerWorld(RECORDED[minor], recorded.world);
        assert.ok(answer.unsupported.includes(feature), `unsupported: ${answer.unsupported.join(', ')}`);
        assert.notDeepEqual(judged(answer), judged(recorded.answers[minor]), 'it passes: take it off the list');
      });
    }
  }
});

test('the answers were recorded from the versions that are asked', () => {
  for (const { answers } of worlds) {
    for (const minor of MINORS) assert.equal(answers[minor].version, RECORDED[minor]);
  }
});
