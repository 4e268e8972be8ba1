/**
 * What the platform team runs: Cilium, DNS, ingress, observability, secrets, GitOps, and the edge gateway.
 */
import {
  daemonSet,
  deployment,
  job,
  platformNamespace,
  statefulSet,
  type FolderDescription,
  type NamespaceDescription,
} from './description.ts';

export const CILIUM_VERSION = '1.19.7';

const kubeSystem: NamespaceDescription = platformNamespace('kube-system', [
  daemonSet('cilium', 'all', {
    labels: { 'k8s-app': 'cilium', 'app.kubernetes.io/name': 'cilium-agent', 'app.kubernetes.io/part-of': 'cilium' },
    bareLabels: true,
    container: 'cilium-agent',
    image: `quay.io/cilium/cilium:v${CILIUM_VERSION}`,
    serviceAccount: 'cilium',
    hostNetwork: true,
  }),
  deployment('cilium-operator', 2, {
    labels: { 'io.cilium/app': 'operator', name: 'cilium-operator', 'app.kubernetes.io/part-of': 'cilium' },
    bareLabels: true,
    image: `quay.io/cilium/operator-generic:v${CILIUM_VERSION}`,
    serviceAccount: 'cilium-operator',
    hostNetwork: true,
  }),
  deployment('hubble-relay', 1, {
    labels: { 'k8s-app': 'hubble-relay', 'app.kubernetes.io/part-of': 'cilium' },
    bareLabels: true,
    image: `quay.io/cilium/hubble-relay:v${CILIUM_VERSION}`,
    serviceAccount: 'hubble-relay',
    ports: ['grpc:4245'],
  }),
  deployment('coredns', 2, {
    labels: { 'k8s-app': 'kube-dns' },
    bareLabels: true,
    serviceAccount: 'coredns',
    ports: ['dns:53/UDP', 'dns-tcp:53', 'metrics:9153'],
  }),
  deployment('metrics-server', 2, {
    labels: { 'k8s-app': 'metrics-server' },
    bareLabels: true,
    ports: ['https:10250'],
  }),
  { kind: 'static', names: ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler'] },
]);

const observability: readonly NamespaceDescription[] = [
  platformNamespace('monitoring', [
    statefulSet('prometheus', 2, { chart: 'prometheus', ports: ['web:9090'] }),
    statefulSet('alertmanager', 3, { chart: 'prometheus', ports: ['web:9093'] }),
    deployment('grafana', 1, {
      chart: 'grafana',
      ports: ['http:3000'],
      former: [{ 'app.kubernetes.io/version': '12.1.0' }],
    }),
    deployment('kube-state-metrics', 1, { chart: 'prometheus', ports: ['http:8080'] }),
    daemonSet('node-exporter', 'all', { chart: 'prometheus', hostNetwork: true, ports: ['metrics:9100'] }),
  ]),
  platformNamespace('logging', [
    daemonSet('vector', 'all', { chart: 'vector', ports: ['api:8686'] }),
    statefulSet('loki', 3, { chart: 'loki', ports: ['http:3100'] }),
  ]),
];

const delivery: readonly NamespaceDescription[] = [
  platformNamespace('argocd', [
    deployment('argocd-server', 2, { chart: 'argocd', ports: ['server:8080'] }),
    deployment('argocd-repo-server', 2, { chart: 'argocd', ports: ['repo-server:8081'] }),
    statefulSet('argocd-application-controller', 1, { chart: 'argocd' }),
    deployment('argocd-redis', 1, { chart: 'argocd', ports: ['redis:6379'] }),
  ]),
  platformNamespace('cert-manager', [
    deployment('cert-manager', 1, { chart: 'cert-manager', ports: ['metrics:9402'] }),
    deployment('cainjector', 1, { chart: 'cert-manager' }),
    deployment('webhook', 2, { chart: 'cert-manager', ports: ['https:10250'] }),
  ]),
  platformNamespace('external-secrets', [
    deployment('external-secrets', 2, { chart: 'external-secrets', ports: ['metrics:8080'] }),
    deployment('external-secrets-webhook', 1, { chart: 'external-secrets', ports: ['webhook:10250'] }),
  ]),
];

const traffic: readonly NamespaceDescription[] = [
  platformNamespace('gateway-system', [
    deployment('envoy-gateway', 2, { chart: 'envoy-gateway', ports: ['grpc:18000'] }),
    deployment('ingress', 6, {
      labels: { tier: 'edge' },
      ports: ['http:8080', 'https:8443'],
      former: [{ shard: 'blue' }],
    }),
  ]),
  platformNamespace('edge', [
    deployment('gateway', 4, { labels: { role: 'media' }, ports: ['sip:5060/UDP', 'sips:5061', 'admin:9901'] }),
    deployment('registrar', 2, { ports: ['grpc:7000'] }),
  ]),
];

const secrets: NamespaceDescription = platformNamespace('vault', [
  statefulSet('vault', 3, { labels: { component: 'server' }, ports: ['http:8200', 'internal:8201'] }),
  deployment('vault-agent-injector', 2, { labels: { component: 'webhook' }, ports: ['https:8080'] }),
  job('vault-unseal-check', 'finished', {}),
]);

const empty: readonly NamespaceDescription[] = ['kube-node-lease', 'kube-public', 'cilium-secrets'].map((name) =>
  platformNamespace(name, []),
);

const fallback: NamespaceDescription = platformNamespace('default', [
  { kind: 'Pod', name: 'netshoot', pods: [{ suffix: '', labels: { run: 'netshoot' }, count: 1 }], bareLabels: true },
]);

export const platform: FolderDescription = {
  folder: '00-platform',
  namespaces: [kubeSystem, ...empty, ...traffic, secrets, ...delivery, ...observability, fallback],
};
