/**
 * Nobody is judged for what he writes into an object that is being deleted, and a finalizer of his own keeps it there: so it tells
 * nothing about what is made in its name.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { churnyStore, ownerRef, workload } from '../../../support/churn.ts';
import { pod, type Json } from '../../../support/objects.ts';
import { submit } from '../../../support/review.ts';

const LABELS = { app: 'job', 'build-id': 'b-new' };

function beingDeleted(owner: Json): Json {
  const metadata = {
    ...(owner['metadata'] as Json),
    deletionTimestamp: '2026-11-23T08:00:00Z',
    finalizers: ['ci/mine'],
  };
  return { ...owner, metadata };
}

const pods = (kind: string): Json =>
  pod('ci/one', LABELS, { metadata: { ownerReferences: [ownerRef(kind, 'ci/web')] } });

for (const kind of ['ReplicaSet', 'StatefulSet', 'Job']) {
  const owner = workload(kind, 'ci/web', LABELS);

  test(`a pod goes through on the template of its ${kind}, and not while that is being deleted`, () => {
    assert.equal(submit(churnyStore(owner), pods(kind)).verdict, 'allow');
    assert.equal(submit(churnyStore(beingDeleted(owner)), pods(kind)).verdict, 'deny');
  });
}

test('a ReplicaSet goes through on the template of its Deployment, and not while that is being deleted', () => {
  const owner = workload('Deployment', 'ci/web', LABELS);
  const made = workload('ReplicaSet', 'ci/web-c0ffee', LABELS, { owners: [ownerRef('Deployment', 'ci/web')] });
  assert.equal(submit(churnyStore(owner), made).verdict, 'allow');
  assert.equal(submit(churnyStore(beingDeleted(owner)), made).verdict, 'deny');
});

test('a pod of an owner that is being deleted may still be relabelled', () => {
  const store = churnyStore(beingDeleted(workload('ReplicaSet', 'ci/web', LABELS)), pods('ReplicaSet'));
  const relabelled = pod('ci/one', { ...LABELS, 'build-id': 'b-else' }, pods('ReplicaSet')['metadata'] as Json);
  const metadata = { ...(relabelled['metadata'] as Json), ownerReferences: [ownerRef('ReplicaSet', 'ci/web')] };
  assert.equal(submit(store, { ...relabelled, metadata }, { before: pods('ReplicaSet') }).verdict, 'allow');
});
