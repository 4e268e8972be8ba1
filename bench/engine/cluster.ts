/**
 * A cluster of any size to measure the engine on: seeded, so that the same parameters give the same plan.
 *
 * Pods with the same labels are a deployment, and each deployment has an identity of its own: by `example.com/release`, whose
 * value no other has. A few namespaces, apps and deployments are large and most are small.
 */
import type { Deployment } from '../workload/pods.ts';
import type { NamespacePlan } from '../workload/policies.ts';
import { seededRandom, skewed, type Random } from '../workload/random.ts';
import { COMPONENTS, FEATURES, TIERS } from './cluster-labels.ts';
import type { ClusterParameters } from './parameters.ts';

export interface ClusterPlan {
  readonly parameters: ClusterParameters;
  readonly namespaces: readonly NamespacePlan[];
  readonly deployments: readonly Deployment[];
}

const APPS = 200;
const APPS_PER_NAMESPACE = 8;
const NAMESPACES_PER_TENANT = 25;
/** Namespace, its name and its tenant as labels, cluster, service account. */
const LABELS_OF_NAMESPACE = 5;

export function planCluster(parameters: ClusterParameters): ClusterPlan {
  const random = seededRandom(parameters.seed);
  const tenants = Math.max(1, Math.round(parameters.namespaces / NAMESPACES_PER_TENANT));
  const namespaces = Array.from({ length: parameters.namespaces }, (_, index) => ({
    name: `team-${index}`,
    tenant: `tenant-${random.below(tenants)}`,
    apps: appsOf(random, parameters),
  }));
  const replicas = replicasOf(parameters, random);
  const deployments = replicas.map((count, index) => deployment(index, count, { namespaces, random, parameters }));
  return { parameters, namespaces, deployments };
}

function appsOf(random: Random, { zipf }: ClusterParameters): readonly string[] {
  return Array.from({ length: APPS_PER_NAMESPACE }, () => `app-${skewed(random, APPS, zipf)}`);
}

/** Everybody has one pod; of the others the first have most. */
function replicasOf({ identities, pods, zipf }: ClusterParameters, random: Random): readonly number[] {
  const replicas = new Array<number>(identities).fill(1);
  for (let left = pods - identities; left > 0; left -= 1) {
    const index = skewed(random, identities, zipf);
    replicas[index] = (replicas[index] ?? 0) + 1;
  }
  return replicas;
}

interface Place extends Pick<ClusterPlan, 'namespaces' | 'parameters'> {
  readonly random: Random;
}

function deployment(index: number, replicas: number, { namespaces, random, parameters }: Place): Deployment {
  const { labelsPerIdentity, zipf } = parameters;
  const namespace = namespaces[skewed(random, namespaces.length, zipf)] ?? random.pick(namespaces);
  const labels: Record<string, string> = {
    app: namespace.apps[skewed(random, namespace.apps.length, zipf)] ?? random.pick(namespace.apps),
    tier: random.pick(TIERS),
    component: `component-${random.below(COMPONENTS)}`,
    'example.com/release': `release-${index}`,
    [`example.com/feature-${skewed(random, FEATURES, zipf)}`]: 'on',
  };
  const others = labelsPerIdentity - LABELS_OF_NAMESPACE - Object.keys(labels).length;
  for (let other = 0; other < others; other += 1) labels[`example.com/label-${other}`] = `value-${random.below(3)}`;
  return { namespace: namespace.name, name: `web-${index}`, labels, replicas };
}
