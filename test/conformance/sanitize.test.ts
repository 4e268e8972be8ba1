/**
 * Every recorded answer of Cilium about policies that an agent takes or refuses, in all three minors, by the answering program.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judge } from '../oracle/judge.ts';
import { answerLine } from './answer.ts';
import { recordedQuestions } from './recorded-questions.ts';
import type { SanitizeQuestion } from './sanitize-answer.ts';

const recorded = recordedQuestions<SanitizeQuestion>(['sanitize']);

for (const { name, cilium, question, answer } of recorded) {
  test(`${name} is what Cilium ${cilium} answers`, () => {
    const mine = answerLine(JSON.stringify({ cilium, op: 'sanitize', question })) as Record<string, unknown>;
    assert.deepEqual(judge('sanitize', mine), judge('sanitize', answer));
  });
}

/** Cilium asks the schema and looks for unknown fields; a rule in CEL it leaves to the API server. */
const RULE_IN_CEL = { name: 'cnp-no-spec', cilium: '1.20.2' };

for (const { name, cilium, question, answer } of recorded) {
  const schema = answer['crd'] as { readonly ok: boolean; readonly beyondSchema?: true } | undefined;
  if (schema === undefined || (name === RULE_IN_CEL.name && cilium === RULE_IN_CEL.cilium)) continue;
  test(`${name} is to the schema of the CRD what it is to that of Cilium ${cilium}`, () => {
    const mine = answerLine(JSON.stringify({ cilium, op: 'sanitize', question })) as { readonly crd?: object };
    const { ok } = mine.crd as { readonly ok: boolean };
    assert.equal(ok, schema.ok || schema.beyondSchema === true);
  });
}

test('the recorded policies are there', () => {
  assert.ok(recorded.length >= 3 * 50);
});
