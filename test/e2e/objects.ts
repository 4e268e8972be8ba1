/**
 * Objects for the real API server, with just what it asks for.
 */
import type { Json } from './cluster/api.ts';

type Labels = Readonly<Record<string, string>>;

export const TENANT = 'team-a';

export function namespace(name: string, labels: Labels = {}): Json {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } };
}

export function pod(name: string, labels: Labels = {}): Json {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: TENANT, labels }, spec: podSpec() };
}

export function podTemplate(labels: Labels): Json {
  return { metadata: { labels }, spec: podSpec() };
}

function podSpec(): Json {
  return { containers: [{ name: 'main', image: 'registry.k8s.io/pause:3.10' }] };
}

export function node(name: string, labels: Labels = {}): Json {
  return { apiVersion: 'v1', kind: 'Node', metadata: { name, labels } };
}

/** The agents, of this version. */
export function agents(version: string): Json {
  const labels = { 'k8s-app': 'cilium' };
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'cilium', namespace: 'kube-system', labels },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { containers: [{ name: 'cilium-agent', image: `quay.io/cilium/cilium:v${version}` }] },
      },
    },
  };
}

export function ciliumConfig(data: Labels): Json {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'cilium-config', namespace: 'kube-system' }, data };
}

export function policy(kind: string, name: string, spec: Json): Json {
  const metadata = kind === 'CiliumClusterwideNetworkPolicy' ? { name } : { name, namespace: TENANT };
  return { apiVersion: 'cilium.io/v2', kind, metadata, spec };
}
