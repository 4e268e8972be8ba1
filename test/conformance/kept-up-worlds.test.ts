/**
 * Recorded worlds once more, brought about event by event and with detours: the classes and counts that a store keeps up are
 * Cilium's, too. SEED makes other detours.
 */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { runToEnd } from '../../src/cilium/run-to-end.ts';
import type { ClusterStore } from '../../src/cluster/store.ts';
import { withPauses } from '../support/with-pauses.ts';
import { comparable } from '../oracle/judge.ts';
import { seededRandom } from '../support/hostile-random.ts';
import { SEED } from '../support/random-cluster.ts';
import { assertAnswered } from './assert-world.ts';
import { bringByDetour } from './detour.ts';
import { answerMap, type Bring, type MapAnswer } from './map-answer.ts';
import { randomCases } from './random-cases.ts';
import { MINORS, RECORDED, recordedWorlds } from './recorded-worlds.ts';
import { readWorld, type World } from './world.ts';

/** Pauses are wherever there may be one: worlds are small. */
function answeredByDetour(cilium: string, world: World, seed: number): MapAnswer {
  const bring: Bring = (store, events) => {
    bringByDetour(store, events, seededRandom(seed));
    assertCounted(store);
  };
  return withPauses(() => answerMap(cilium, world, bring));
}

/** What is kept of the maps that are not asked for, too. */
function assertCounted(store: ClusterStore): void {
  const view = store.view();
  for (const id of [...view.identities(), ...view.hostEndpoints()]) {
    for (const { ports } of view.portSetsOf(id)) {
      const policyClass = view.classOf(view.labelsOf(id) ?? [], id, ports);
      const { size } = view.policyMap(policyClass);
      assert.equal(runToEnd(view.entriesSteps(policyClass)), size, `the map of ${id}`);
    }
  }
}

for (const minor of MINORS) {
  suite(`Cilium ${RECORDED[minor]}`, () => {
    for (const [index, { world, answers }] of recordedWorlds().entries()) {
      test(`${world.name} is answered as Cilium answers it, whatever came before`, () => {
        assertAnswered(answeredByDetour(RECORDED[minor], world, SEED + index), answers[minor]);
      });
    }
  });
}

test('random worlds are answered as Cilium answers them, whatever came before', () => {
  for (const [place, { index, seed, op, world, answers }] of randomCases().entries()) {
    const minor = MINORS[place % MINORS.length];
    if (op !== 'map' || minor === undefined) continue;
    const answer = comparable(op, { ...answeredByDetour(RECORDED[minor], readWorld(world), SEED + place) });
    const name = `case ${index} of seed ${seed}, Cilium ${RECORDED[minor]}`;
    // Undefined fields are not written.
    assert.deepEqual([name, JSON.parse(JSON.stringify(answer))], [name, answers[minor]]);
  }
});
