/**
 * A cluster to measure on: seeded, so that the same parameters give the same objects, byte for byte.
 *
 * Pods come from deployments with a few replicas; identities are derived from them as an agent would, with some unused ones
 * beside them; policies are mostly "allow these apps of my namespace on these ports", with a few clusterwide denies.
 */
import { createHash } from 'node:crypto';
import { seededRandom, type Random } from './random.ts';

export type Json = Readonly<Record<string, unknown>>;

export interface WorkloadParameters {
  readonly seed: number;
  readonly namespaces: number;
  readonly pods: number;
  /** Pods of one deployment, at most. */
  readonly replicas: number;
  readonly unusedIdentities: number;
  readonly policiesPerNamespace: number;
}

export const TEN_THOUSAND_PODS: WorkloadParameters = {
  seed: 7,
  namespaces: 300,
  pods: 10_000,
  replicas: 4,
  unusedIdentities: 1_000,
  policiesPerNamespace: 3,
};

export interface Workload {
  readonly objects: readonly Json[];
  /** Of the objects as JSON. */
  readonly sha256: string;
}

const TIERS = ['front', 'back', 'data'];

export function workload(parameters: WorkloadParameters): Workload {
  const random = seededRandom(parameters.seed);
  const objects = [...platform(), ...tenants(parameters, random)];
  const hash = createHash('sha256');
  for (const object of objects) hash.update(JSON.stringify(object));
  return { objects, sha256: hash.digest('hex') };
}

function* platform(): Iterable<Json> {
  const metadata = { namespace: 'kube-system', name: 'cilium-config' };
  yield { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { 'enable-ipv6': 'false', 'enable-well-known-identities': 'false' } };
  for (const [index, prefix] of ['169.254.169.254/32', '198.51.100.0/24', '203.0.113.0/24'].entries()) {
    yield {
      apiVersion: 'cilium.io/v2',
      kind: 'CiliumClusterwideNetworkPolicy',
      metadata: { name: `deny-${index}` },
      spec: { endpointSelector: {}, egressDeny: [{ toCIDR: [prefix] }] },
    };
  }
}

function* tenants(parameters: WorkloadParameters, random: Random): Iterable<Json> {
  const names = Array.from({ length: parameters.namespaces }, (_, index) => `team-${index}`);
  for (const name of names) {
    const labels = { 'kubernetes.io/metadata.name': name, tenant: `tenant-${random.below(40)}` };
    yield { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } };
    for (let index = 0; index < parameters.policiesPerNamespace; index += 1) yield policy(name, index, random);
  }
  for (let made = 0; made < parameters.pods; ) {
    const namespace = random.pick(names);
    const labels = podLabels(made, random);
    const replicas = Math.min(1 + random.below(parameters.replicas), parameters.pods - made);
    for (let replica = 0; replica < replicas; replica += 1) yield pod({ namespace, name: `web-${made + replica}`, labels });
    made += replicas;
  }
}

function podLabels(deployment: number, random: Random): Readonly<Record<string, string>> {
  const labels: Record<string, string> = { app: `app-${deployment % 50}`, tier: random.pick(TIERS) };
  for (let index = 0; index < 8; index += 1) labels[`example.com/label-${index}`] = `value-${random.below(3)}`;
  return labels;
}

export function pod(parts: {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Roughly how many bytes of fields that nobody reads to put beside them. */
  readonly ballast?: number;
}): Json {
  const { namespace, name, labels, ballast = 0 } = parts;
  const env = Array.from({ length: Math.ceil(ballast / 64) }, (_, index) => ({
    name: `SETTING_${index}`,
    value: 'x'.repeat(32),
  }));
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace, name, uid: `uid-${namespace}-${name}`, labels: { ...labels, 'pod-template-hash': 'abcdef' } },
    spec: {
      serviceAccountName: 'default',
      nodeName: 'node-1',
      containers: [{ name: 'main', image: 'example.com/web:1', env, ports: [{ containerPort: 8080 }] }],
    },
    status: { phase: 'Running' },
  };
}

function policy(namespace: string, index: number, random: Random): Json {
  const matchLabels = { app: `app-${random.below(50)}` };
  const peer = { matchLabels: { tier: random.pick(TIERS) } };
  const ports = [{ ports: [{ port: String(8000 + index), protocol: 'TCP' }] }];
  return {
    apiVersion: 'cilium.io/v2',
    kind: 'CiliumNetworkPolicy',
    metadata: { namespace, name: `policy-${index}` },
    spec: { endpointSelector: { matchLabels }, ingress: [{ fromEndpoints: [peer], toPorts: ports }] },
  };
}
