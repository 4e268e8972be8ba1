/**
 * Every recorded answer of Cilium about policies that an agent takes or refuses, in all three minors, by the answering program.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judge } from '../oracle/judge.ts';
import { answerLine } from './answer.ts';
import { recordedIdentities } from './recorded-identities.ts';
import type { SanitizeQuestion } from './sanitize-answer.ts';

const recorded = recordedIdentities<SanitizeQuestion>(['sanitize']);

for (const { name, cilium, question, answer } of recorded) {
  test(`${name} is what Cilium ${cilium} answers`, () => {
    const mine = answerLine(JSON.stringify({ cilium, op: 'sanitize', question })) as Record<string, unknown>;
    assert.deepEqual(judge('sanitize', mine), judge('sanitize', answer));
  });
}

test('the recorded policies are there', () => {
  assert.ok(recorded.length >= 3 * 50);
});
