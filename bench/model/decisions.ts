/**
 * Decisions on submissions that are decoded already, and the decoding of a review.
 */
import { readReview } from '../../src/kubernetes/admission-review.ts';
import { toSubmission } from '../../src/kubernetes/submission.ts';
import type { Submission } from '../../src/checks/check.ts';
import type { ClusterView } from '../../src/cluster/view.ts';
import { admit } from '../../src/review/admit.ts';
import { runToEnd } from '../../src/review/run.ts';
import { creationOf } from '../children/creation.ts';
import { ENFORCED } from '../children/enforced.ts';
import type { Json } from '../workload/json.ts';
import { churned, ordinaryDeployments, type WorkloadPlan } from '../workload/plan.ts';
import { pod } from '../workload/pods.ts';
import { monitoringPolicy, MONITORING_NAMESPACE, namespacePolicy } from '../workload/policies.ts';
import { seededRandom, type Random } from '../workload/random.ts';
import { podReviews, withNewLabel } from '../workload/reviews.ts';
import { REVIEW_BYTES } from './parse.ts';
import type { Operation } from './side-by-side.ts';

interface Question {
  readonly name: string;
  readonly perRound: number;
  readonly verdict: 'allow' | 'deny';
  readonly object: (serial: number) => Json;
}

export function decisionOperations(plan: WorkloadPlan, view: () => ClusterView): readonly Operation[] {
  const random = seededRandom(plan.parameters.seed + 2);
  return [decoding(plan), ...questions(plan, random).map((question) => deciding(question, view))];
}

function questions(plan: WorkloadPlan, random: Random): readonly Question[] {
  const { namespaces } = plan;
  const ordinary = ordinaryDeployments(plan);
  const monitored = ordinary.filter(({ namespace }) => namespace === MONITORING_NAMESPACE);
  const others = ordinary.filter(({ namespace }) => namespace !== MONITORING_NAMESPACE);
  const fresh = (serial: number): string => `decided-${serial}`;
  return [
    {
      name: 'pod, known identity',
      perRound: 400,
      verdict: 'allow',
      object: (serial) => pod(random.pick(ordinary), fresh(serial), 0),
    },
    {
      name: 'pod, new identity',
      perRound: 200,
      verdict: 'allow',
      object: (serial) => pod(withNewLabel(random.pick(others), fresh(serial)), fresh(serial), 0),
    },
    {
      name: 'pod, new identity in every map',
      perRound: 5,
      verdict: 'allow',
      object: (serial) => pod(withNewLabel(random.pick(monitored), fresh(serial)), fresh(serial), 0),
    },
    {
      name: 'pod, denied for label churn',
      perRound: 10,
      verdict: 'deny',
      object: (serial) => pod(churned(fresh(serial), 1), fresh(serial), 0),
    },
    {
      name: 'CiliumNetworkPolicy',
      perRound: 50,
      verdict: 'allow',
      object: (serial) => namespacePolicy(random.pick(namespaces), fresh(serial), { others: namespaces, random }),
    },
    {
      name: 'CiliumClusterwideNetworkPolicy for all',
      perRound: 1,
      verdict: 'allow',
      object: (serial) => monitoringPolicy(fresh(serial), String(9_100 + (serial % 100))),
    },
  ];
}

function deciding({ name, perRound, verdict, object }: Question, view: () => ClusterView): Operation {
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
