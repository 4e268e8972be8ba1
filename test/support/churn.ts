/**
 * A namespace that holds many identities nobody uses any more, and what may be submitted to it.
 */
import type { ClusterStore } from '../../src/cluster/store.ts';
import { ciliumIdentity, namespace, pod, storeWith, type Json } from './objects.ts';

type Strings = Readonly<Record<string, string>>;

/** The CiliumIdentity of pods with these labels in a namespace without labels of its own, under the default settings. */
export function identityIn(inNamespace: string, id: number, labels: Strings, serviceAccount = 'default'): Json {
  return ciliumIdentity(id, {
    ...Object.fromEntries(Object.entries(labels).map(([key, value]) => [`k8s:${key}`, value])),
    'k8s:io.kubernetes.pod.namespace': inNamespace,
    'k8s:io.cilium.k8s.namespace.labels.kubernetes.io/metadata.name': inNamespace,
    'k8s:io.cilium.k8s.policy.cluster': 'default',
    'k8s:io.cilium.k8s.policy.serviceaccount': serviceAccount,
  });
}

/** `count` unused identities, from number 1000 on. */
export function unusedIdentities(count: number, labelsOf: (index: number) => Strings): readonly Json[] {
  return Array.from({ length: count }, (_, index) => identityIn('ci', 1000 + index, labelsOf(index)));
}

export function buildIds(index: number): Strings {
  return { app: 'job', 'build-id': `b${index}` };
}

/** Namespace `ci`: 60 unused identities that differ in `build-id`, three pods with one identity, and whatever is given. */
export function churnyStore(...others: readonly Json[]): ClusterStore {
  return storeWith([...churnyObjects(), ...others]);
}

export function churnyObjects(unused = 60): readonly Json[] {
  const running = { app: 'job', 'build-id': 'running' };
  return [
    namespace('ci'),
    identityIn('ci', 900, running),
    ...unusedIdentities(unused, buildIds),
    ...['a', 'b', 'c'].map((name) => pod(`ci/${name}`, running)),
  ];
}

export function deployment(path: string, labels: Strings, replicas = 1): Json {
  return workload('Deployment', path, labels, { replicas });
}

export function replicaSet(path: string, labels: Strings, owner?: string): Json {
  return workload('ReplicaSet', path, labels, owner === undefined ? {} : { owners: [ownerRef('Deployment', owner)] });
}

export function job(path: string, labels: Strings): Json {
  return workload('Job', path, labels);
}

/** The uid is that of `workload` unless told otherwise. */
export function ownerRef(kind: string, path: string, uid = `uid-${path}`): Json {
  const [, name] = path.split('/');
  return { apiVersion: 'apps/v1', kind, name, uid, controller: true };
}

export function workload(
  kind: string,
  path: string,
  labels: Strings,
  { owners = [], replicas = 1 }: { readonly owners?: readonly Json[]; readonly replicas?: number } = {},
): Json {
  const [inNamespace, name] = path.split('/');
  return {
    apiVersion: kind === 'Job' ? 'batch/v1' : 'apps/v1',
    kind,
    metadata: { namespace: inNamespace, name, uid: `uid-${path}`, ownerReferences: owners },
    spec: {
      ...(kind === 'Deployment' || kind === 'ReplicaSet' || kind === 'StatefulSet' ? { replicas } : {}),
      selector: { matchLabels: { app: 'job' } },
      template: { metadata: { labels }, spec: { containers: [{ name: 'main', image: 'main:1' }] } },
    },
  };
}
