/**
 * Small builders: a test says only what matters to it. Raw Kubernetes objects go through the decoder, as everything does.
 */
import assert from 'node:assert/strict';
import { labelArray, type Label, type LabelArray } from '../../src/cilium/identity/label.ts';
import type { ClusterObject } from '../../src/cilium/objects.ts';
import { parseVersion, type CiliumVersion } from '../../src/cilium/profile.ts';
import type { SettingsOptions } from '../../src/cluster/settings.ts';
import { ClusterStore } from '../../src/cluster/store.ts';
import { decodeObject } from '../../src/kubernetes/decode/decode-object.ts';

export type Json = Readonly<Record<string, unknown>>;

/** Decodes as a file would be, with what the API server fills in. */
export function decoded(raw: Json): ClusterObject {
  const object = decodeObject(raw, { offline: true });
  assert.ok(object.ok, object.ok ? '' : `${object.error.path}: ${object.error.reason}`);
  return object.value;
}

export function namespace(name: string, labels: Readonly<Record<string, string>> = {}): Json {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } };
}

/** `pod('team-a/web-0', { app: 'web' })` */
export function pod(path: string, labels: Readonly<Record<string, string>> = {}, rest: Json = {}): Json {
  const [inNamespace, name] = path.split('/');
  const { metadata, spec, ...others } = rest as { metadata?: Json; spec?: Json };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace: inNamespace, name, uid: `uid-${path}`, labels, ...metadata },
    spec: { containers: [{ name: 'main' }], ...spec },
    ...others,
  };
}

export function policy(path: string, spec: Json, kind = 'CiliumNetworkPolicy'): Json {
  const [inNamespace, name] = path.split('/');
  const apiVersion = kind === 'NetworkPolicy' ? 'networking.k8s.io/v1' : 'cilium.io/v2';
  return { apiVersion, kind, metadata: { namespace: inNamespace, name }, spec };
}

export function clusterwidePolicy(name: string, spec: Json): Json {
  return { apiVersion: 'cilium.io/v2', kind: 'CiliumClusterwideNetworkPolicy', metadata: { name }, spec };
}

/** Of the Admin tier, at priority 0 and about the pods of every namespace, unless it says otherwise. */
export function clusterNetworkPolicy(name: string, spec: Json): Json {
  const apiVersion = 'policy.networking.k8s.io/v1alpha2';
  const filled = { tier: 'Admin', priority: 0, subject: { namespaces: {} }, ...spec };
  return { apiVersion, kind: 'ClusterNetworkPolicy', metadata: { name }, spec: filled };
}

/** Labels as Cilium writes them: `{ 'k8s:app': 'web' }`. */
export function ciliumIdentity(id: number, securityLabels: Readonly<Record<string, string>>): Json {
  return {
    apiVersion: 'cilium.io/v2',
    kind: 'CiliumIdentity',
    metadata: { name: String(id) },
    'security-labels': securityLabels,
  };
}

export function ciliumConfig(data: Readonly<Record<string, string>>): Json {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'kube-system', name: 'cilium-config' }, data };
}

/** `labels('k8s:app=web', 'reserved:host')` */
export function labels(...texts: readonly string[]): LabelArray {
  return labelArray(texts.map(label));
}

function label(text: string): Label {
  const [, source = '', key = '', value = ''] = /^([^:]*):([^=]*)(?:=(.*))?$/.exec(text) ?? [];
  return { source, key, value };
}

export function version(text: string): CiliumVersion {
  const parsed = parseVersion(text);
  assert.ok(parsed.ok);
  return parsed.value;
}

/** A store that was given these objects in this order. */
export function storeWith(
  objects: readonly Json[],
  ciliumVersion = '1.20.2',
  options: Partial<SettingsOptions> = {},
): ClusterStore {
  const store = new ClusterStore({ version: version(ciliumVersion), ...options });
  for (const raw of objects) store.apply({ type: 'upsert', object: decoded(raw) });
  return store;
}
