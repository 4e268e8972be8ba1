/**
 * What is asked of the engine: objects that somebody creates, from the ones that nobody notices to the ones that touch every
 * policy map.
 */
import type { Json } from '../workload/json.ts';
import { churned, ordinaryDeployments, type WorkloadPlan } from '../workload/plan.ts';
import { pod } from '../workload/pods.ts';
import { monitoringPolicy, MONITORING_NAMESPACE, namespacePolicy } from '../workload/policies.ts';
import { seededRandom } from '../workload/random.ts';
import { withNewLabel } from '../workload/reviews.ts';

export interface Question {
  readonly name: string;
  readonly perRound: number;
  readonly verdict: 'allow' | 'deny';
  readonly object: (serial: number) => Json;
}

export function questions(plan: WorkloadPlan): readonly Question[] {
  const random = seededRandom(plan.parameters.seed + 2);
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
