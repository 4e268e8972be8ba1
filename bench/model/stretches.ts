/**
 * The longest stretch of a decision without a pause: so long every other review waits.
 */
import { performance } from 'node:perf_hooks';
import type { ClusterView } from '../../src/cluster/view.ts';
import { admit } from '../../src/review/admit.ts';
import { creationOf } from '../children/creation.ts';
import { ENFORCED } from '../children/enforced.ts';
import type { Result } from '../results.ts';
import { quantile } from '../statistics.ts';
import type { WorkloadPlan } from '../workload/plan.ts';
import { questions, type Question } from './questions.ts';

const TIMES = 9;
/** Apart from the objects of other measurements, which are the same but for their names. */
const FIRST_SERIAL = 1_000_000;

export function longestStretches(plan: WorkloadPlan, view: () => ClusterView): readonly Result[] {
  return questions(plan).map((question): Result => {
    const longest = Array.from({ length: TIMES }, (_, index) => longestMs(question, FIRST_SERIAL + index, view()));
    return {
      table: 'Longest stretch of a decision between two pauses',
      row: question.name,
      column: `median of ${TIMES}`,
      unit: 'ms',
      value: quantile(longest, 0.5),
    };
  });
}

function longestMs({ object }: Question, serial: number, view: ClusterView): number {
  const review = admit(view, creationOf(object(serial)), { settings: ENFORCED });
  let longest = 0;
  for (;;) {
    const start = performance.now();
    const { done } = review.next();
    longest = Math.max(longest, performance.now() - start);
    if (done === true) return longest;
  }
}
