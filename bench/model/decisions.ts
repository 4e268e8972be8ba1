/**
 * Decisions on submissions that are decoded already, and the decoding of a review.
 */
import { readReview } from '../../src/kubernetes/admission-review.ts';
import { toSubmission } from '../../src/kubernetes/submission.ts';
import type { Submission } from '../../src/checks/check.ts';
import type { ClusterView } from '../../src/cluster/view.ts';
import { admit } from '../../src/review/admit.ts';
import { runToEnd } from '../../src/cilium/run-to-end.ts';
import { creationOf } from '../children/creation.ts';
import { ENFORCED } from '../children/enforced.ts';
import type { WorkloadPlan } from '../workload/plan.ts';
import { podReviews } from '../workload/reviews.ts';
import { REVIEW_BYTES } from './parse.ts';
import { questions, type Question } from './questions.ts';
import type { Operation } from './side-by-side.ts';

export function decisionOperations(plan: WorkloadPlan, view: () => ClusterView): readonly Operation[] {
  return [decoding(plan), ...questions(plan).map((question) => deciding(question, view))];
}

export function deciding({ name, perRound, verdict, object }: Question, view: () => ClusterView): Operation {
  let serial = 0;
  return {
    name,
    perRound,
    prepare: () => {
      const submission = creationOf(object(serial++));
      return () => decide(view(), submission, verdict);
    },
  };
}

function decide(view: ClusterView, submission: Submission, verdict: Question['verdict']): void {
  const decision = runToEnd(admit(view, submission, { settings: ENFORCED }));
  if (decision.verdict === verdict && decision.unknowns.length === 0) return;
  throw new Error(`expected ${verdict}: ${JSON.stringify(decision).slice(0, 1_000)}`);
}

/** From parsed JSON to a submission: what stands between parsing and deciding. */
function decoding(plan: WorkloadPlan): Operation {
  const reviews = podReviews(plan, { count: 100, bytes: REVIEW_BYTES }).map(({ text }) => JSON.parse(text) as unknown);
  let next = 0;
  return {
    name: 'decoding of a 4.7 kB review',
    perRound: 200,
    prepare: () => {
      const parsed = reviews[next++ % reviews.length];
      return () => decode(parsed);
    },
  };
}

function decode(parsed: unknown): void {
  const review = readReview(parsed);
  if (!review.ok) throw new Error(review.error.message);
  const submission = toSubmission(review.value);
  if (!submission.ok) throw new Error(submission.error.reason);
}
