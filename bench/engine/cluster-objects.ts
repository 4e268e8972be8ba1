/**
 * What the API server of a planned cluster stores, made one object at a time: the same plan gives the same objects, byte for byte.
 */
import type { Json } from '../workload/json.ts';
import { namespaceObjects, platform } from '../workload/plan.ts';
import { pod } from '../workload/pods.ts';
import { predictedIdentities } from '../workload/predicted-identities.ts';
import type { ClusterPlan } from './cluster.ts';
import { clusterPolicies } from './policies.ts';

/** Identities of a cluster are numbered from here on. */
const FIRST_NUMBER = 256;

/** In the order in which lists of the API server would bring them. */
export function* clusterObjects(plan: ClusterPlan): Iterable<Json> {
  const { podBytes } = plan.parameters;
  // A map may be as full as Cilium lets it be.
  const base = [...platform({ 'bpf-policy-map-max': '65536' }), ...namespaceObjects(plan.namespaces)];
  yield* base;
  for (const each of plan.deployments) {
    for (let replica = 0; replica < each.replicas; replica += 1) yield pod(each, `${each.name}-${replica}`, podBytes);
  }
  const slim = plan.deployments.map((each) => pod(each, each.name, 0));
  yield* predictedIdentities([...base, ...slim], FIRST_NUMBER);
  yield* clusterPolicies(plan);
}
