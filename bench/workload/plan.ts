/**
 * A cluster to measure on: seeded, so that the same parameters give the same objects, byte for byte.
 *
 * A plan is small; objects are made from it one at a time, because ten thousand pods with everything that real ones carry
 * are 50 MB. Identities are derived from the pods as an agent would, with unused ones beside them: those of pods that are
 * gone. One namespace, `ci`, has churned through its label `build-id` and holds far more unused identities than it may.
 */
import type { Json } from './json.ts';
import { predictedIdentities } from './predicted-identities.ts';
import { seededRandom, type Random } from './random.ts';
import { pod, type Deployment } from './pods.ts';
import { clusterwidePolicies, namespacePolicy, type NamespacePlan } from './policies.ts';

export interface WorkloadParameters {
  readonly seed: number;
  readonly namespaces: number;
  readonly pods: number;
  /** Pods of one deployment, at most. */
  readonly replicas: number;
  /** Identities that pods had which are gone, anywhere. */
  readonly unusedIdentities: number;
  /** The same in namespace `ci`, where they differ in one label only. */
  readonly churnedIdentities: number;
  readonly policiesPerNamespace: number;
  /** Size of a stored pod as JSON, about. */
  readonly podBytes: number;
}

export const TEN_THOUSAND_PODS: WorkloadParameters = {
  seed: 7,
  namespaces: 300,
  pods: 10_000,
  replicas: 4,
  unusedIdentities: 1_000,
  churnedIdentities: 200,
  policiesPerNamespace: 3,
  podBytes: 5_000,
};

export const ONE_THOUSAND_PODS: WorkloadParameters = {
  ...TEN_THOUSAND_PODS,
  namespaces: 30,
  pods: 1_000,
  unusedIdentities: 100,
};

export interface WorkloadPlan {
  readonly parameters: WorkloadParameters;
  readonly namespaces: readonly NamespacePlan[];
  readonly deployments: readonly Deployment[];
  /** Their pods are gone, their identities are not. */
  readonly former: readonly Deployment[];
}

const CHURNED_NAMESPACE = 'ci';
/** Cilium numbers identities of a cluster from 256 on. */
const FIRST_NUMBER = 1_000;
const APPS = 50;
const APPS_PER_NAMESPACE = 8;
const TENANTS = 40;
const TIERS = ['front', 'back', 'data'];

export function planWorkload(parameters: WorkloadParameters): WorkloadPlan {
  const random = seededRandom(parameters.seed);
  const namespaces = Array.from({ length: parameters.namespaces }, (_, index) => ({
    name: `team-${index}`,
    tenant: `tenant-${random.below(TENANTS)}`,
    apps: Array.from({ length: APPS_PER_NAMESPACE }, (_unused, app) => `app-${(index * 3 + app) % APPS}`),
  }));
  const deployments: Deployment[] = [churned('current', 2)];
  for (let pods = 2; pods < parameters.pods;) {
    const replicas = Math.min(1 + random.below(parameters.replicas), parameters.pods - pods);
    deployments.push(deployment(`web-${pods}`, replicas, namespaces, random));
    pods += replicas;
  }
  const unused = Array.from({ length: parameters.unusedIdentities }, (_, index) =>
    deployment(`gone-${index}`, 1, namespaces, random),
  );
  const builds = Array.from({ length: parameters.churnedIdentities }, (_, index) => churned(String(index), 1));
  return { parameters, namespaces, deployments, former: [...unused, ...builds] };
}

function deployment(name: string, replicas: number, namespaces: readonly NamespacePlan[], random: Random): Deployment {
  const namespace = random.pick(namespaces);
  const labels: Record<string, string> = { app: random.pick(namespace.apps), tier: random.pick(TIERS) };
  for (let index = 0; index < 8; index += 1) labels[`example.com/label-${index}`] = `value-${random.below(3)}`;
  return { namespace: namespace.name, name, labels, replicas };
}

/** One more build of the job in `ci`. */
export function churned(build: string, replicas: number): Deployment {
  return { namespace: CHURNED_NAMESPACE, name: `job-${build}`, labels: { app: 'job', 'build-id': build }, replicas };
}

/** Those in namespaces where nothing is refused. */
export function ordinaryDeployments({ deployments }: Pick<WorkloadPlan, 'deployments'>): readonly Deployment[] {
  return deployments.filter(({ namespace }) => namespace !== CHURNED_NAMESPACE);
}

/** What the API server stores, in the order in which a watch would bring it. */
export function* workloadObjects(plan: WorkloadPlan): Iterable<Json> {
  const base = [
    ...platform(),
    ...namespaceObjects([...plan.namespaces, { name: CHURNED_NAMESPACE, tenant: 'tenant-ci' }]),
  ];
  yield* base;
  const { podBytes } = plan.parameters;
  for (const each of plan.deployments) {
    for (let replica = 0; replica < each.replicas; replica += 1) yield pod(each, `${each.name}-${replica}`, podBytes);
  }
  const slim = [...plan.deployments, ...plan.former].map((each) => pod(each, each.name, 0));
  yield* predictedIdentities([...base, ...slim], FIRST_NUMBER);
  const random = seededRandom(plan.parameters.seed + 1);
  yield* clusterwidePolicies();
  for (const namespace of plan.namespaces) {
    for (let index = 0; index < plan.parameters.policiesPerNamespace; index += 1) {
      yield namespacePolicy(namespace, `policy-${index}`, { others: plan.namespaces, random });
    }
  }
}

/** Cilium, its configuration with these keys more. */
export function* platform(configuration: Readonly<Record<string, string>> = {}): Iterable<Json> {
  const namespace = 'kube-system';
  const data = { 'enable-ipv6': 'false', 'enable-well-known-identities': 'false', ...configuration };
  const image = 'quay.io/cilium/cilium:v1.20.2';
  const template = { metadata: { labels: { 'k8s-app': 'cilium' } }, spec: { containers: [{ name: 'agent', image }] } };
  yield { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace, name: 'cilium-config' }, data };
  yield { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { namespace, name: 'cilium' }, spec: { template } };
}

export function* namespaceObjects(namespaces: Iterable<Pick<NamespacePlan, 'name' | 'tenant'>>): Iterable<Json> {
  for (const { name, tenant } of namespaces) {
    const labels = { 'kubernetes.io/metadata.name': name, tenant };
    yield { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } };
  }
}
