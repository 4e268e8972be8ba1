/**
 * What is asked of the engine: pods of known and of new identities, policies of a namespace, and clusterwide ones that touch
 * every policy map.
 */
import type { Question } from '../model/questions.ts';
import type { Json } from '../workload/json.ts';
import { pod } from '../workload/pods.ts';
import { seededRandom } from '../workload/random.ts';
import { withNewLabel } from '../workload/reviews.ts';
import type { ClusterPlan } from './cluster.ts';
import { TIERS } from './cluster-labels.ts';
import { forEverybody, fromTenant, tcp } from './clusterwide-policies.ts';
import { NAMESPACE_LABEL } from './peers.ts';
import { PolicyAuthor } from './policies.ts';
import { freshPrefix } from './prefixes.ts';

export const KNOWN_IDENTITY = 'pod, known identity';
export const NEW_IDENTITY = 'pod, new identity';
export const POLICY = 'CiliumNetworkPolicy';

export function podQuestions(plan: ClusterPlan): readonly Question[] {
  const random = seededRandom(plan.parameters.seed + 2);
  const some = modestDeployments(plan);
  const fresh = (serial: number): string => `decided-${serial}`;
  return [
    {
      name: KNOWN_IDENTITY,
      perRound: 400,
      verdict: 'allow',
      object: (serial) => pod(random.pick(plan.deployments), fresh(serial), 0),
    },
    {
      name: NEW_IDENTITY,
      perRound: 100,
      verdict: 'allow',
      object: (serial) => pod(withNewLabel(random.pick(some), fresh(serial)), fresh(serial), 0),
    },
  ];
}

/** Of tenants that have no more than others: in a full cluster only they may have one more. */
function modestDeployments({ deployments, namespaces }: ClusterPlan): ClusterPlan['deployments'] {
  const tenantOf = new Map(namespaces.map(({ name, tenant }) => [name, tenant]));
  const count = new Map<string | undefined, number>();
  for (const { namespace } of deployments) {
    const tenant = tenantOf.get(namespace);
    count.set(tenant, (count.get(tenant) ?? 0) + 1);
  }
  const sizes = [...count.values()].sort((a, b) => a - b);
  const median = sizes[sizes.length >> 1] ?? 0;
  return deployments.filter(({ namespace }) => (count.get(tenantOf.get(namespace)) ?? 0) <= median);
}

export function policyQuestion(plan: ClusterPlan): Question {
  const author = new PolicyAuthor(plan, plan.parameters.seed + 3);
  return {
    name: POLICY,
    perRound: 50,
    verdict: 'allow',
    object: (serial) => withFreshPrefix(author.policy(`decided-${serial}`), serial),
  };
}

const FRESH_PREFIX_EVERY = 50;

/** Now and then a policy names a prefix that nobody has named, which is an identity more on every node. */
function withFreshPrefix(policy: Json, serial: number): Json {
  if (serial % FRESH_PREFIX_EVERY !== FRESH_PREFIX_EVERY - 1) return policy;
  const egress = [{ toCIDR: [freshPrefix(serial)], toPorts: [{ ports: [tcp(443)] }] }];
  return { ...policy, spec: { ...(policy['spec'] as Json), egress } };
}

/** Every endpoint is under each of them. */
export function clusterwideQuestions(): readonly Question[] {
  const everywhere = { key: NAMESPACE_LABEL, operator: 'Exists' };
  const some = { tier: TIERS[0], component: 'component-1', 'example.com/label-0': 'value-1' };
  const many = { matchLabels: some, matchExpressions: [everywhere] };
  const tenPorts = Array.from({ length: 10 }, (_, index) => 9_500 + index);
  const specs: Readonly<Record<string, (serial: number) => Json>> = {
    'a tenant, one port': (serial) => ({ ingress: [fromTenant('tenant-1', [9_300 + (serial % 100)])] }),
    'pods of all namespaces, ten ports': () => ({
      ingress: [{ fromEndpoints: [many], toPorts: [{ ports: tenPorts.map(tcp) }] }],
    }),
    'a deny of a new prefix': (serial) => ({ egressDeny: [{ toCIDR: [freshPrefix(30_000 + serial)] }] }),
  };
  return Object.entries(specs).map(([name, spec]) => ({
    name: `CiliumClusterwideNetworkPolicy: ${name}`,
    perRound: 1,
    verdict: 'allow',
    object: (serial) => forEverybody(`decided-${serial}`, spec(serial)),
  }));
}
