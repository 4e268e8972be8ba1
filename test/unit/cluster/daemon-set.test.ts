/**
 * How many pods a DaemonSet will have.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClusterStore } from '../../../src/cluster/store.ts';
import { decoded, namespace, pod, storeWith, type Json } from '../../support/objects.ts';

const DAEMON_SET: Json = {
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'agent', namespace: 'a' },
  spec: { template: { metadata: { labels: { app: 'agent' } }, spec: { containers: [] } } },
};

function onNode(name: string, nodeName: string): Json {
  return pod(`a/${name}`, { app: name }, { spec: { nodeName } });
}

function podsAfterwards(store: ClusterStore): number {
  const object = decoded(DAEMON_SET);
  assert.equal(object.kind, 'DaemonSet');
  const view = store.view().after({ op: 'create', after: object });
  const agents = [...view.identities()].filter((id) => view.labelsOf(id)?.some(({ value }) => value === 'agent'));
  return agents.reduce((sum, id) => sum + view.useOf(id).pods, 0);
}

test('a DaemonSet has a pod on each node that has pods', () => {
  const store = storeWith([namespace('a'), onNode('x', 'n1'), onNode('y', 'n1'), onNode('z', 'n2'), pod('a/pending')]);
  assert.equal(podsAfterwards(store), 2);
  store.apply({ type: 'upsert', object: decoded(onNode('z', 'n3')) });
  assert.equal(podsAfterwards(store), 2);
  store.apply({ type: 'delete', ref: { kind: 'Pod', namespace: 'a', name: 'z' } });
  assert.equal(podsAfterwards(store), 1);
});

test('a DaemonSet of a cluster whose nodes are not known has one', () => {
  assert.equal(podsAfterwards(storeWith([namespace('a')])), 1);
});
