/**
 * What the first question would wait for, done in pieces while the cluster goes on: it answers as one that was asked in one go.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { refOf } from '../../src/cilium/objects.ts';
import { runToEnd } from '../../src/cilium/run-to-end.ts';
import type { ClusterEvent } from '../../src/cluster/events.ts';
import type { ClusterStore } from '../../src/cluster/store.ts';
import { ciliumConfig, decoded, storeWith, type Json } from '../support/objects.ts';
import {
  anyCluster,
  anyClusterwidePolicy,
  anyHostPolicy,
  anyIdentity,
  anyNamespace,
  anyPod,
  anyPolicy,
  RUNS,
  SEED,
} from '../support/random-cluster.ts';

const anyVersion = fc.constantFrom('1.18.8', '1.19.7', '1.20.2');
const anyObject = fc.oneof(anyIdentity, anyPod, anyNamespace, anyPolicy, anyClusterwidePolicy, anyHostPolicy);
/** What happens in a pause; also a question, which does the rest in one go. */
const anyEvents = fc.array(
  fc.oneof(
    { arbitrary: fc.record({ raw: anyObject, remove: fc.boolean() }), weight: 9 },
    { arbitrary: fc.constant('asked' as const), weight: 1 },
  ),
  { maxLength: 12 },
);

function eventOf(raw: Json, remove: boolean): ClusterEvent {
  const object = decoded(raw);
  return remove ? { type: 'delete', ref: refOf(object) } : { type: 'upsert', object };
}

function answersOf(store: ClusterStore): readonly unknown[] {
  const view = store.view();
  const { keptClasses: kept } = view;
  assert.ok(kept !== undefined);
  const answers = [...kept.all()].map(({ policyClass }) => ({
    // Without the numbers of when its policies were read.
    rules: policyClass.key.replaceAll(/#\d+/g, ''),
    members: [...view.membersOf(policyClass)].sort((a, b) => a - b),
    entries: runToEnd(view.entriesSteps(policyClass)),
  }));
  return answers.sort((a, b) => (a.rules < b.rules ? -1 : 1));
}

test('a store that catches up while events come says what one says that is asked after them', () => {
  fc.assert(
    fc.property(anyVersion, anyCluster, anyEvents, (version, objects, events) => {
      const all = [ciliumConfig({ 'enable-host-firewall': 'true' }), ...objects];
      const [paused, whole] = [storeWith(all, version), storeWith(all, version)];
      const steps = paused.catchUpSteps();
      for (const event of events) {
        steps.next();
        if (event === 'asked') {
          answersOf(paused);
          continue;
        }
        for (const store of [paused, whole]) store.apply(eventOf(event.raw, event.remove));
      }
      runToEnd(steps);
      assert.deepEqual(answersOf(paused), answersOf(whole));
    }),
    { seed: SEED, numRuns: RUNS },
  );
});
