/**
 * Every recorded answer of Cilium about identities, label filters and reserved identities, in all three minors.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answerIdentityQuestion, type Question } from './identity-answer.ts';
import { recordedQuestions, type RecordedAnswer } from './recorded-questions.ts';

const recorded = recordedQuestions<Question>(['identity', 'filter', 'reserved']);

/** Texts of errors are not judged, nor is anything beside `ok` where Cilium refuses. */
function judged(answer: RecordedAnswer): RecordedAnswer {
  if (answer['ok'] === false) return { ok: false };
  return Object.fromEntries(Object.entries(answer).filter(([field]) => field !== 'error'));
}

for (const { name, cilium, question, answer } of recorded) {
  test(`${question.op} ${name} is what Cilium ${cilium} answers`, () => {
    assert.deepEqual(judged(answerIdentityQuestion(cilium, question)), judged(answer));
  });
}

test('the recorded cases are there', () => {
  assert.ok(recorded.length >= 3 * 120);
});
