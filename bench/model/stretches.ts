/**
 * The longest stretch of a decision without a pause: so long every other review waits.
 *
 * The same question is asked several times and goes the same way each time, so that each stretch counts as at its fastest:
 * what the collector and other processes take is not what is looked for.
 */
import { performance } from 'node:perf_hooks';
import type { Submission } from '../../src/checks/check.ts';
import type { ClusterView } from '../../src/cluster/view.ts';
import { admit } from '../../src/review/admit.ts';
import { creationOf } from '../children/creation.ts';
import { ENFORCED } from '../children/enforced.ts';
import type { Result } from '../results.ts';
import type { WorkloadPlan } from '../workload/plan.ts';
import { questions, type Question } from './questions.ts';

const TIMES = 9;
/** Apart from the objects of other measurements, which are the same but for their names. */
const SERIAL = 1_000_000;

export function longestStretches(plan: WorkloadPlan, view: () => ClusterView): readonly Result[] {
  return questions(plan).map((question): Result => ({
    table: 'Longest stretch of a decision between two pauses',
    row: question.name,
    column: 'time',
    unit: 'ms',
    value: longestMs(question, view()),
  }));
}

function longestMs({ object }: Question, view: ClusterView): number {
  const submission = creationOf(object(SERIAL));
  let fastest: readonly number[] | undefined;
  for (let time = 0; time < TIMES; time += 1) {
    const stretches = stretchesMs(view, submission);
    fastest = fastest?.map((best, index) => Math.min(best, stretches[index] ?? best)) ?? stretches;
  }
  return Math.max(...(fastest ?? []));
}

/** The times between two pauses of a decision, in order. */
export function stretchesMs(view: ClusterView, submission: Submission): readonly number[] {
  const review = admit(view, submission, { settings: ENFORCED });
  const stretches: number[] = [];
  for (;;) {
    const start = performance.now();
    const { done } = review.next();
    stretches.push(performance.now() - start);
    if (done === true) return stretches;
  }
}
