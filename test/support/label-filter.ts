/**
 * The cluster of a recorded question about an identity: its cilium-config, its namespace, its pod.
 */
import assert from 'node:assert/strict';
import type { ClusterStore } from '../../src/cluster/store.ts';
import { feed, openCluster } from '../conformance/cluster.ts';
import type { IdentityQuestion } from '../conformance/identity-answer.ts';
import { namespace, pod } from './objects.ts';

export function storeOf(cilium: string, question: IdentityQuestion): ClusterStore {
  const { labelsConfig = '', labelPrefixFile = '' } = question;
  const store = openCluster({
    cilium,
    ciliumNamespace: 'kube-system',
    config: new Map([
      ...(labelsConfig === '' ? [] : [['labels', labelsConfig] as const]),
      ...(labelPrefixFile === '' ? [] : [['label-prefix-file', '/given-apart'] as const]),
    ]),
    ...(labelPrefixFile === '' ? {} : { labelPrefixFile }),
  });
  assert.ok(store.ok);
  const { name, labels } = question.namespace;
  const serviceAccountName = question.pod.serviceAccountName ?? 'default';
  const spec = { serviceAccountName, containers: [] };
  for (const raw of [namespace(name, labels ?? {}), pod(`${name}/p`, question.pod.labels ?? {}, { spec })]) {
    assert.equal(feed(store.value, raw), undefined);
  }
  return store.value;
}
