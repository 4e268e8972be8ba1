/**
 * What a custom workload makes is judged where its author stands: at the workload, or at the one that it names for its template.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ClusterStore } from '../../../../src/cluster/store.ts';
import { customWorkloadKind } from '../../../../src/kubernetes/decode/custom-workload.ts';
import { decodeObject } from '../../../../src/kubernetes/decode/decode-object.ts';
import { churnyStore, deployment, workload } from '../../../support/churn.ts';
import { pod, type Json } from '../../../support/objects.ts';
import { submit } from '../../../support/review.ts';

type Strings = Readonly<Record<string, string>>;

const ROLLOUT = customWorkloadKind({
  group: 'argoproj.io',
  version: 'v1alpha1',
  kind: 'Rollout',
  template: ['spec', 'template'],
});
const LABELS = { app: 'job', 'build-id': 'b-new' };
const HASH = { 'rollouts-pod-template-hash': 'c0ffee' };
const OWNER = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Rollout',
  name: 'web',
  uid: 'uid-rollout',
  controller: true,
};

function storeWithRollout(spec: Json, ...others: readonly Json[]): ClusterStore {
  const store = churnyStore(...others);
  const metadata = { namespace: 'ci', name: 'web', uid: 'uid-rollout' };
  const raw = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', metadata, spec };
  const decoded = decodeObject(raw, { offline: true, customKinds: [ROLLOUT] });
  assert.ok(decoded.ok);
  store.apply({ type: 'upsert', object: decoded.value });
  return store;
}

function withTemplate(labels: Strings): Json {
  return { template: { metadata: { labels }, spec: { containers: [] } } };
}

function verdict(store: ClusterStore, object: Json): string {
  return submit(store, object).verdict;
}

function replicaSet(labels: Strings, owner: Json = OWNER): Json {
  return workload('ReplicaSet', 'ci/web-c0ffee', { ...labels, ...HASH }, { owners: [owner] });
}

describe('a ReplicaSet of a Rollout', () => {
  test('goes through with the labels of its template and the hash of its controller', () => {
    const store = storeWithRollout(withTemplate(LABELS));
    assert.equal(verdict(store, replicaSet(LABELS)), 'allow');
    assert.equal(verdict(store, replicaSet({ ...LABELS, 'build-id': 'b-else' })), 'deny');
  });

  test('is judged where nobody stored such a Rollout', () => {
    assert.equal(verdict(churnyStore(), replicaSet(LABELS)), 'deny');
    const store = storeWithRollout(withTemplate(LABELS));
    assert.equal(verdict(store, replicaSet(LABELS, { ...OWNER, uid: 'another' })), 'deny');
    assert.equal(verdict(store, replicaSet(LABELS, { ...OWNER, apiVersion: 'apps/v1' })), 'deny');
    assert.equal(verdict(store, replicaSet(LABELS, { ...OWNER, apiVersion: 'argo.example.com/v1' })), 'deny');
  });

  test('goes through with the labels of the Deployment that the Rollout names', () => {
    const spec = { workloadRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' } };
    const named = deployment('ci/web', LABELS, 0);
    assert.equal(verdict(storeWithRollout(spec, named), replicaSet(LABELS)), 'allow');
    assert.equal(verdict(storeWithRollout(spec, named), replicaSet({ ...LABELS, 'build-id': 'b-else' })), 'deny');
    assert.equal(verdict(storeWithRollout(spec), replicaSet(LABELS)), 'deny');
    assert.equal(verdict(storeWithRollout(spec, deployment('ci/other', LABELS)), replicaSet(LABELS)), 'deny');
  });
});

test('a pod that a custom workload makes itself goes through with the labels of its template', () => {
  const store = storeWithRollout(withTemplate(LABELS));
  const owned = (labels: Strings): Json => pod('ci/web-0', labels, { metadata: { ownerReferences: [OWNER] } });
  assert.equal(verdict(store, owned(LABELS)), 'allow');
  assert.equal(verdict(store, owned({ ...LABELS, 'build-id': 'b-else' })), 'deny');
});
