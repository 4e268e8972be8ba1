/**
 * Random cases, answered as Cilium answered them, in all three minors; without Go.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { comparable } from '../oracle/judge.ts';
import { answerLine } from './answer.ts';
import { randomCases, type RandomCase } from './random-cases.ts';
import { MINORS, RECORDED } from './recorded-worlds.ts';

const cases = randomCases();

function answerOf({ op, question, world }: RandomCase, cilium: string): unknown {
  const answer = answerLine(JSON.stringify({ cilium, op, question, world })) as Record<string, unknown>;
  // Undefined fields are not written.
  return JSON.parse(JSON.stringify(comparable(op, answer)));
}

for (const op of new Set(cases.map((one) => one.op))) {
  for (const minor of MINORS) {
    test(`random cases "${op}" are answered as Cilium ${RECORDED[minor]} answers them`, () => {
      for (const one of cases.filter((other) => other.op === op)) {
        const name = `case ${one.index} of seed ${one.seed}`;
        assert.deepEqual([name, answerOf(one, RECORDED[minor])], [name, one.answers[minor]]);
      }
    });
  }
}

test('worlds and questions are there', () => {
  const worlds = cases.filter(({ op }) => op === 'map').length;
  assert.ok(worlds >= 300, `${worlds} worlds`);
  assert.ok(cases.length - worlds >= 400, `${cases.length - worlds} questions`);
});
