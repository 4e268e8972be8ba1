/**
 * Keys and values of labels: what workloads carry, what Cilium's default filter drops, and what it reads as something else.
 */
import { pick, type Random } from '../../support/hostile-random.ts';
import { chance, several } from './chance.ts';
import type { Json } from './json.ts';

const PLAIN_KEYS = [
  'app',
  'team',
  'tier',
  'k8s-app',
  'name',
  'app.kubernetes.io/name',
  'example.com/build',
  'a',
  'App',
];

const FILTERED_KEYS = [
  'pod-template-hash',
  'pod-template-hash-x',
  'pod-template-generation',
  'controller-revision-hash',
  'controller-uid',
  'statefulset.kubernetes.io/pod-name',
  'apps.kubernetes.io/pod-index',
  'batch.kubernetes.io/job-completion-index',
  'batch.kubernetes.io/controller-uid',
  'topology.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/zone',
  'kubernetes.io/hostname',
  'k8s.io/cluster-service',
  'beta.kubernetes.io/arch',
  'node.kubernetes.io/instance-type',
  'annotation.cilium.io/x',
  'etcd_node',
  'io.kubernetes.container.name',
  'io.kubernetes.pod.uid',
  'io.cilium.example',
];

const TRAP_KEYS = [
  'host',
  'remote-node',
  'remote-node',
  'world',
  'init',
  'ingress',
  'health',
  'reserved.host',
  'reserved.app',
  'reserved.remote-node',
  'reserved.x-y',
  'k8s.app',
  'any.app',
  'cidr.app',
  'io.kubernetes.pod.namespace',
  'io.cilium.k8s.policy.cluster',
  'io.cilium.k8s.policy.serviceaccount',
  'io.cilium.k8s.namespace.labels.team',
  'io.cilium.k8s.namespace.labels.reserved.app',
  'io.cilium.k8s.named-ports',
  'io.cilium.fixed-identity',
  'io.cilium.k8s',
];

const VALUES = ['', 'web', 'db', 'a', 'true', '0', 'x_y', 'A.b-c', 'kube-dns', 'host', 'shop', 'default'];

export function labelKey(random: Random): string {
  const kind = random();
  if (kind < 0.5) return pick(PLAIN_KEYS, random);
  if (kind < 0.75) return pick(FILTERED_KEYS, random);
  return kind < 0.95 ? pick(TRAP_KEYS, random) : composedKey(random);
}

/** Letters where regular expressions and byte order have something to decide. */
function composedKey(random: Random): string {
  const part = (): string =>
    several(3, random, () => pick(['a', 'b', 'Z', '0', 'app', 'io', 'x-y', 'x_y'], random)).join('');
  return chance(0.3, random) ? `${part()}.${part()}/${part()}` : part();
}

export function labelValue(random: Random): string {
  return pick(VALUES, random);
}

export function labelMap(limit: number, random: Random): Json {
  return Object.fromEntries(several(limit, random, () => [labelKey(random), labelValue(random)]));
}
