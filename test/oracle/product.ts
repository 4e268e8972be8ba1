/**
 * What the product answers to a case, by the entry point of the conformance tests. Where the store does not hold what a world
 * has (names, ports of pods), the engine is asked without a store.
 */
import { answerLine } from '../conformance/answer.ts';
import { answerWorld } from '../conformance/world-answer.ts';
import { readWorld } from '../conformance/world.ts';
import type { Answer } from './ask.ts';
import type { Case } from './case.ts';

export type ProductAnswer =
  | { readonly kind: 'answer'; readonly answer: Answer; readonly by: 'store' | 'engine' }
  | { readonly kind: 'not-covered'; readonly feature: string };

const NOT_COVERED = 'not covered: ';

export function productAnswer(asked: Case): ProductAnswer {
  const answer = answerLine(JSON.stringify(asked)) as Answer;
  const feature = notCovered(answer);
  if (feature === undefined) return { kind: 'answer', answer, by: 'store' };
  return asked.op === 'map' ? engineAnswer(asked, feature) : { kind: 'not-covered', feature };
}

function notCovered({ error }: Answer): string | undefined {
  return typeof error === 'string' && error.startsWith(NOT_COVERED) ? error.slice(NOT_COVERED.length) : undefined;
}

function engineAnswer({ cilium, world }: Case, missing: string): ProductAnswer {
  const answer = answerWorld(cilium, readWorld(world));
  if (answer.unsupported.length > 0)
    return { kind: 'not-covered', feature: `${missing}; ${answer.unsupported.join(', ')}` };
  return { kind: 'answer', answer: answer as unknown as Answer, by: 'engine' };
}
