/**
 * The cluster that is measured on.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ClusterStore } from '../../../src/cluster/store.ts';
import { decoded } from '../../../bench/workload/decoded.ts';
import {
  ONE_THOUSAND_PODS,
  planWorkload,
  workloadObjects,
  type WorkloadParameters,
} from '../../../bench/workload/plan.ts';
import { podReviews } from '../../../bench/workload/reviews.ts';

const SMALL: WorkloadParameters = {
  ...ONE_THOUSAND_PODS,
  namespaces: 5,
  pods: 60,
  unusedIdentities: 10,
  churnedIdentities: 20,
  podBytes: 0,
};

test('the same parameters give the same objects, byte for byte, and another seed gives others', () => {
  const text = (seed: number): string => JSON.stringify([...workloadObjects(planWorkload({ ...SMALL, seed }))]);
  assert.equal(text(7), text(7));
  assert.notEqual(text(7), text(8));
});

test('every pod has a CiliumIdentity of its own key, and so many more are unused', () => {
  const view = storeOf(SMALL).view();
  const identities = [...view.identities()];
  assert.ok(identities.every((identity) => view.hasNumber(identity)));
  const pods = identities.reduce((sum, identity) => sum + view.useOf(identity).pods, 0);
  assert.equal(pods, SMALL.pods);
  const unused = identities.filter((identity) => view.useOf(identity).pods === 0);
  assert.equal(unused.length, SMALL.unusedIdentities + SMALL.churnedIdentities);
});

test('every policy is one that Cilium takes', () => {
  const policies = [...storeOf(SMALL).view().policies()];
  assert.equal(policies.length, 4 + SMALL.namespaces * SMALL.policiesPerNamespace);
  assert.ok(policies.every(({ kind }) => kind === 'parsed'));
});

test('one review in ten is of a pod whose identity nobody has, and bodies are as long as wanted', () => {
  const view = storeOf(SMALL).view();
  const reviews = podReviews(planWorkload(SMALL), { count: 100, bytes: 4_000 });
  const minting = reviews.filter(({ text }) => {
    const { request } = JSON.parse(text) as { readonly request: { readonly object: Record<string, unknown> } };
    const pod = decoded(request.object);
    assert.equal(pod.kind, 'Pod');
    const identity = view.identityOfShape(pod, pod.namespace);
    return identity.kind === 'global' && view.identitiesWithKey(identity.key).length === 0;
  });
  assert.equal(minting.length, 10);
  for (const { text } of reviews) assert.ok(Math.abs(text.length - 4_000) < 150, `${text.length} bytes`);
});

function storeOf(parameters: WorkloadParameters): ClusterStore {
  const store = new ClusterStore();
  for (const object of workloadObjects(planWorkload(parameters))) {
    store.apply({ type: 'upsert', object: decoded(object) });
  }
  return store;
}
