/**
 * Several answers of Cilium to one question -> the one to record.
 *
 * Where they differ in what is judged, Cilium itself does not decide (the order of a Go map does): a world gets bounds on its
 * entries, any other question is marked as not determined.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Answer } from './ask.ts';
import { judge } from './judge.ts';

export function settle(op: string, answers: readonly Answer[]): Answer {
  const [first = {}, ...others] = answers;
  const judged = judge(op, first);
  if (others.every((other) => isDeepStrictEqual(judge(op, other), judged))) return first;
  if (op !== 'map') return { nondeterministic: true };
  const counts = answers.map(({ mapEntries }) => Number(mapEntries));
  return { ...first, nondeterministic: true, mapEntries: { min: Math.min(...counts), max: Math.max(...counts) } };
}
