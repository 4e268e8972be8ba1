/**
 * A Namespace, and the policies that the platform puts into every namespace of a tenant: default deny, DNS, traffic within
 * the namespace, and metrics.
 */
import type { NamespaceDescription } from './description.ts';
import { sorted, type KubeObject } from './pods.ts';
import { uidOf } from './seed.ts';

export function namespaceOf(described: NamespaceDescription): KubeObject {
  const { name } = described;
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name,
      uid: uidOf(`Namespace/${name}`),
      labels: sorted({ 'kubernetes.io/metadata.name': name, ...described.labels }),
    },
    status: { phase: 'Active' },
  };
}

export function baselineOf(described: NamespaceDescription): readonly KubeObject[] {
  if (!described.baseline) return [];
  const namespace = described.name;
  return [
    networkPolicy(namespace, 'default-deny', { podSelector: {}, policyTypes: ['Ingress', 'Egress'] }),
    ciliumPolicy(namespace, 'allow-dns', {
      egress: [
        {
          toEndpoints: [matching({ 'k8s:io.kubernetes.pod.namespace': 'kube-system', 'k8s:k8s-app': 'kube-dns' })],
          toPorts: [{ ports: [port('53', 'UDP'), port('53', 'TCP')] }],
        },
      ],
    }),
    ciliumPolicy(namespace, 'allow-within-namespace', {
      ingress: [{ fromEndpoints: [{}] }],
      egress: [{ toEndpoints: [{}] }],
    }),
    ciliumPolicy(namespace, 'allow-metrics', {
      ingress: [
        {
          fromEndpoints: [
            matching({ 'k8s:io.kubernetes.pod.namespace': 'monitoring', 'app.kubernetes.io/name': 'prometheus' }),
          ],
          toPorts: [{ ports: [port('9090', 'TCP')] }],
        },
      ],
    }),
  ];
}

function networkPolicy(namespace: string, name: string, spec: object): KubeObject {
  return policy('networking.k8s.io/v1', 'NetworkPolicy', { namespace, name }, spec);
}

function ciliumPolicy(namespace: string, name: string, rule: object): KubeObject {
  return policy('cilium.io/v2', 'CiliumNetworkPolicy', { namespace, name }, { endpointSelector: {}, ...rule });
}

function policy(apiVersion: string, kind: string, id: { namespace: string; name: string }, spec: object): KubeObject {
  const uid = uidOf(`${kind}/${id.namespace}/${id.name}`);
  return { apiVersion, kind, metadata: { name: id.name, namespace: id.namespace, uid }, spec };
}

function matching(matchLabels: Readonly<Record<string, string>>): object {
  return { matchLabels };
}

function port(number: string, protocol: 'TCP' | 'UDP'): object {
  return { port: number, protocol };
}
