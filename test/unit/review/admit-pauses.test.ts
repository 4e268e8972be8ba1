/**
 * A review gives others a turn while it reads a long policy, before any check has begun.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { admit } from '../../../src/review/admit.ts';
import { namespace, policy, storeWith, type Json } from '../../support/objects.ts';
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
