/**
 * What the product answers to a case, by the entry point of the conformance tests.
 */
import { answerLine } from '../conformance/answer.ts';
import type { Answer } from './ask.ts';
import type { Case } from './case.ts';

export type ProductAnswer =
  { readonly kind: 'answer'; readonly answer: Answer } | { readonly kind: 'not-covered'; readonly feature: string };

const NOT_COVERED = 'not covered: ';

export function productAnswer(asked: Case): ProductAnswer {
  const answer = answerLine(JSON.stringify(asked)) as Answer;
  const feature = notCovered(answer);
  return feature === undefined ? { kind: 'answer', answer } : { kind: 'not-covered', feature };
}

function notCovered({ error }: Answer): string | undefined {
  return typeof error === 'string' && error.startsWith(NOT_COVERED) ? error.slice(NOT_COVERED.length) : undefined;
}
