/**
 * Policies of the workload: mostly "these apps of my namespace on these ports", some that look into other namespaces, and a
 * few clusterwide ones that every endpoint is under.
 */
import type { Json } from './json.ts';
import type { Random } from './random.ts';

export interface NamespacePlan {
  readonly name: string;
  readonly tenant: string;
  readonly apps: readonly string[];
}

export interface Surroundings {
  readonly others: readonly NamespacePlan[];
  readonly random: Random;
}

const DENIED_PREFIXES = ['169.254.169.254/32', '198.51.100.0/24', '203.0.113.0/24'];
/** Whose pods a clusterwide policy lets in everywhere, as monitoring is: one more identity there is an entry in every map. */
export const MONITORING_NAMESPACE = 'team-0';

export function* clusterwidePolicies(): Iterable<Json> {
  for (const [index, prefix] of DENIED_PREFIXES.entries()) {
    yield clusterwide(`deny-${index}`, { endpointSelector: {}, egressDeny: [{ toCIDR: [prefix] }] });
  }
  yield monitoringPolicy('allow-monitoring', '9090');
}

/** Selects every pod of the cluster. */
export function monitoringPolicy(name: string, port: string): Json {
  const peer = { matchLabels: { 'k8s:io.kubernetes.pod.namespace': MONITORING_NAMESPACE } };
  const toPorts = [{ ports: [{ port, protocol: 'TCP' }] }];
  return clusterwide(name, { endpointSelector: {}, ingress: [{ fromEndpoints: [peer], toPorts }] });
}

function clusterwide(name: string, spec: Json): Json {
  return { apiVersion: 'cilium.io/v2', kind: 'CiliumClusterwideNetworkPolicy', metadata: { name }, spec };
}

export function namespacePolicy(namespace: NamespacePlan, name: string, { others, random }: Surroundings): Json {
  const isForAll = random.next() < 0.3;
  const endpointSelector = isForAll ? {} : { matchLabels: { app: random.pick(namespace.apps) } };
  const peers = [peer(namespace, others, random), peer(namespace, others, random)];
  const ingress = [{ fromEndpoints: peers, toPorts: portList(random) }];
  const egress = [{ toEndpoints: [peer(namespace, others, random)], toPorts: portList(random) }];
  return {
    apiVersion: 'cilium.io/v2',
    kind: 'CiliumNetworkPolicy',
    metadata: { namespace: namespace.name, name, uid: `uid-${namespace.name}-${name}` },
    spec: random.next() < 0.4 ? { endpointSelector, ingress, egress } : { endpointSelector, ingress },
  };
}

/** A selector without a namespace in it stays in the namespace of its policy. */
function peer(namespace: NamespacePlan, others: readonly NamespacePlan[], random: Random): Json {
  const kind = random.next();
  const app = random.pick(namespace.apps);
  if (kind < 0.6) return { matchLabels: { app } };
  if (kind < 0.7) return { matchLabels: { tier: 'front', 'example.com/label-0': 'value-1' } };
  if (kind < 0.82) return { matchLabels: { 'k8s:io.kubernetes.pod.namespace': random.pick(others).name } };
  if (kind < 0.9) return { matchLabels: { 'k8s:io.cilium.k8s.namespace.labels.tenant': namespace.tenant, app } };
  const expression =
    kind < 0.95
      ? { key: 'app', operator: 'In', values: namespace.apps.slice(0, 3) }
      : { key: 'tier', operator: 'NotIn', values: ['data'] };
  return { matchExpressions: [expression] };
}

function portList(random: Random): readonly Json[] {
  const ports = Array.from({ length: 1 + random.below(3) }, (_, index) => ({
    port: String(8000 + index * 10 + random.below(10)),
    protocol: 'TCP',
  }));
  return [{ ports }];
}
