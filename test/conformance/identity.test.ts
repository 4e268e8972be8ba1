/**
 * Every recorded answer of Cilium about identities, label filters and reserved identities, in all three minors.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { answerIdentityQuestion, type Question } from './identity-answer.ts';

const RECORDED = { '1.18': '1.18.8', '1.19': '1.19.5', '1.20': '1.20.2' } as const;
const OPS: readonly string[] = ['identity', 'filter', 'reserved'];

type Answer = Readonly<Record<string, unknown>>;

interface Case {
  readonly name: string;
  readonly question: Question;
  readonly answers: Readonly<Record<string, Answer>>;
}

function recordedCases(): readonly Case[] {
  const text = readFileSync(new URL('identity.ndjson', import.meta.url), 'utf8');
  const cases = text.split('\n').filter((line) => line !== '');
  return cases.map((line) => JSON.parse(line) as Case).filter(({ question }) => OPS.includes(question.op));
}

/** Texts of errors are not judged, nor is anything beside `ok` where Cilium refuses. */
function judged(answer: Answer): Answer {
  if (answer['ok'] === false) return { ok: false };
  return Object.fromEntries(Object.entries(answer).filter(([field]) => field !== 'error'));
}

for (const { name, question, answers } of recordedCases()) {
  for (const [minor, cilium] of Object.entries(RECORDED)) {
    test(`${question.op} ${name} is what Cilium ${cilium} answers`, () => {
      const recorded = answers[minor] ?? answers['all'];
      assert.ok(recorded !== undefined, `no answer is recorded for ${minor}`);
      assert.deepEqual(judged(answerIdentityQuestion(cilium, question)), judged(recorded));
    });
  }
}

test('the recorded cases are there', () => {
  assert.ok(recordedCases().length >= 80);
});
