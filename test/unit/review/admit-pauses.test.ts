/**
 * A review gives others a turn while it reads a long policy, or the pods of a namespace, before any check has begun.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { admit } from '../../../src/review/admit.ts';
import { namespaceRelabel } from '../../../src/checks/facts/relabelled-pods.ts';
import { changeContextSteps } from '../../../src/checks/context.ts';
import { runToEnd } from '../../../src/cilium/run-to-end.ts';
import { namespace, pod, policy, storeWith, type Json } from '../../support/objects.ts';
import { settingsWith, submissionOf } from '../../support/review.ts';

const PREFIXES = 5_000;

const NO_CHECKS = settingsWith('off');

function naming(first: number): Json {
  const toCIDR = Array.from({ length: PREFIXES }, (_, index) => `${first}.${index >> 8}.${index & 255}.0/24`);
  return policy('a/long', { endpointSelector: {}, egress: [{ toCIDR }] });
}

function pausesOf(stored: readonly Json[], submitted: Json, before?: Json): number {
  const submission = submissionOf(submitted, before === undefined ? {} : { before });
  let pauses = 0;
  const review = admit(storeWith([namespace('a'), ...stored]).view(), submission, { settings: NO_CHECKS });
  while (review.next().done !== true) pauses += 1;
  return pauses;
}

test('a new policy of thousands of prefixes is read, and its prefixes are placed, with pauses between', () => {
  assert.ok(pausesOf([], naming(10)) >= (3 * PREFIXES) / 512);
});

test('so is the former version where the model holds another', () => {
  assert.ok(pausesOf([naming(12)], naming(10), naming(11)) >= (6 * PREFIXES) / 512);
});

const [PODS, LABELS] = [200, 300];

function labelled(index: number): Json {
  const labels = Array.from({ length: LABELS }, (_, key) => [`key-${key}`, `v${index}`] as const);
  return pod(`a/p${index}`, Object.fromEntries(labels));
}

const PODS_OF_MANY_LABELS = Array.from({ length: PODS }, (_, index) => labelled(index));

test('the pods of a namespace that is relabelled get their next identities with pauses, by how many labels they have', () => {
  const pauses = pausesOf(PODS_OF_MANY_LABELS, namespace('a', { team: 'x' }), namespace('a'));
  assert.ok(pauses >= (PODS * LABELS) / 2_500, `${pauses} pauses`);
});

test('and are put together by their identities so, too', () => {
  const view = storeWith([namespace('a'), ...PODS_OF_MANY_LABELS]).view();
  const submission = submissionOf(namespace('a', { team: 'x' }), { before: namespace('a') });
  const pauses = [...namespaceRelabel(runToEnd(changeContextSteps(view, submission, NO_CHECKS)))].length;
  assert.ok(pauses >= (2 * PODS * LABELS) / 2_500, `${pauses} pauses`);
});
