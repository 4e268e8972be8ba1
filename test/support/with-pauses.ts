/**
 * Work that pauses wherever it may: long work pauses after thousands of steps, which a small cluster never has, and what happens
 * in a pause is what a test is after.
 */
import { Pace } from '../../src/cilium/pace.ts';

/** `work` is done at once; after it, pauses are as far apart as ever. */
export function withPauses<Result>(work: () => Result): Result {
  const seldom = Object.getOwnPropertyDescriptor(Pace.prototype, 'isPauseDue');
  if (seldom === undefined) throw new Error('a Pace has no isPauseDue');
  Object.defineProperty(Pace.prototype, 'isPauseDue', { ...seldom, value: () => true });
  try {
    return work();
  } finally {
    Object.defineProperty(Pace.prototype, 'isPauseDue', seldom);
  }
}
