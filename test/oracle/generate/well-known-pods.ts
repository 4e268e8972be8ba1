/**
 * Pods of the well-known identities, exactly as Cilium knows them, or nearly (pkg/identity/numericidentity.go).
 */
import { pick, type Random } from '../../support/hostile-random.ts';
import { chance, maybe, weighted } from './chance.ts';
import type { Json } from './json.ts';
import { labelMap } from './labels.ts';

const DNS = { 'k8s-app': 'kube-dns' };
const EKS_COMPONENT = 'eks.amazonaws.com/component';
const OPERATOR = {
  name: 'cilium-operator',
  'io.cilium/app': 'operator',
  'app.kubernetes.io/part-of': 'cilium',
  'app.kubernetes.io/name': 'cilium-operator',
};
const PODS: readonly (readonly [weight: number, labels: Json, serviceAccountName: string])[] = [
  [1.3, DNS, 'kube-dns'],
  [1, { ...DNS, [EKS_COMPONENT]: 'kube-dns' }, 'kube-dns'],
  [2.5, DNS, 'coredns'],
  [1, { ...DNS, [EKS_COMPONENT]: 'coredns' }, 'coredns'],
  [1, OPERATOR, 'cilium-operator'],
];
const PORTS = [
  { name: 'dns', containerPort: 53, protocol: 'UDP' },
  { name: 'dns-tcp', containerPort: 53, protocol: 'TCP' },
  { name: 'metrics', containerPort: 9153, protocol: 'TCP' },
];

/** Such a pod, its namespace, and the namespace of Cilium. */
export function wellKnownPod(random: Random): Json {
  const [labels, serviceAccountName] = weighted(
    PODS.map(([weight, ...pod]) => [weight, () => pod] as const),
    random,
  );
  const ciliumNamespace = pick(['kube-system', 'kube-system', 'cilium'], random);
  const name = labels === OPERATOR ? ciliumNamespace : 'kube-system';
  return {
    ciliumNamespace,
    namespace: { name, labels: namespaceLabels(name, random) },
    pod: {
      name: 'p',
      labels: { ...labels, ...maybe(0.07, random, () => labelMap(1, random)) },
      serviceAccountName,
      ...maybe(0.2, random, () => ({ containers: [PORTS] })),
    },
  };
}

/** With the label of its name, which an API server sets, a pod has another number than without. */
function namespaceLabels(name: string, random: Random): Json {
  const named = chance(0.5, random) ? { 'kubernetes.io/metadata.name': name } : {};
  return { ...named, ...maybe(0.05, random, () => labelMap(1, random)) };
}
