/**
 * Entry counts that are kept up while identities come and go.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runToEnd } from '../../../../src/cilium/run-to-end.ts';
import type { ClusterStore } from '../../../../src/cluster/store.ts';
import type { PolicyClass } from '../../../../src/cluster/policy-class.ts';
import type { ClusterView } from '../../../../src/cluster/view.ts';
import { ciliumIdentity, decoded, namespace, policy, storeWith, type Json } from '../../../support/objects.ts';

function identity(id: number, app: string): Json {
  return ciliumIdentity(id, {
    'k8s:app': app,
    'k8s:build': String(id),
    'k8s:io.cilium.k8s.policy.cluster': 'default',
    'k8s:io.kubernetes.pod.namespace': 'a',
  });
}

/** A class whose map has an entry for each identity of app `front`. */
function clusterOf(fronts: number): ClusterStore {
  return storeWith([
    namespace('a'),
    policy('a/back', {
      endpointSelector: { matchLabels: { app: 'back' } },
      ingress: [{ fromEndpoints: [{ matchLabels: { app: 'front' } }] }],
    }),
    identity(1_000, 'back'),
    ...Array.from({ length: fronts }, (_, index) => identity(2_000 + index, 'front')),
  ]);
}

function backClass(view: ClusterView): PolicyClass {
  return view.classOf(view.labelsOf(1_000) ?? [], 1_000);
}

function kept(store: ClusterStore): number {
  return runToEnd(store.view().entriesSteps(backClass(store.view())));
}

function fresh(store: ClusterStore): number {
  return store.view().policyMap(backClass(store.view())).size;
}

function add(store: ClusterStore, id: number): void {
  store.apply({ type: 'upsert', object: decoded(identity(id, 'front')) });
}

function remove(store: ClusterStore, id: number): void {
  store.apply({ type: 'delete', ref: { kind: 'CiliumIdentity', name: String(id) } });
}

for (const moved of [1, 31, 32, 33, 200]) {
  test(`a count is right after ${moved} identities came, and after they went`, () => {
    const store = clusterOf(5);
    const before = kept(store);
    for (let id = 3_000; id < 3_000 + moved; id += 1) add(store, id);
    assert.equal(kept(store), before + moved);
    assert.equal(kept(store), fresh(store));
    for (let id = 3_000; id < 3_000 + moved; id += 1) remove(store, id);
    assert.equal(kept(store), before);
  });
}

test('a count that is paused while identities come leaves the next one right', () => {
  for (const known of [false, true]) {
    for (let pauses = 0; pauses < 12; pauses += 1) {
      const store = clusterOf(20);
      if (known) kept(store);
      for (let id = 3_000; id < 3_006; id += 1) add(store, id);
      const steps = store.view().entriesSteps(backClass(store.view()));
      for (let step = 0; step < pauses; step += 1) steps.next();
      for (const id of [4_000, 4_001]) add(store, id);
      remove(store, 2_000);
      for (let step = steps.next(); step.done !== true;) step = steps.next();
      assert.equal(kept(store), fresh(store));
    }
  }
});

test('a count that is forgotten while it is brought up to date is made afresh', () => {
  const store = clusterOf(20);
  kept(store);
  for (let id = 3_000; id < 3_006; id += 1) add(store, id);
  const steps = store.view().entriesSteps(backClass(store.view()));
  assert.equal(steps.next().done, false);
  for (let id = 4_000; id < 4_100; id += 1) add(store, id);
  let step = steps.next();
  while (step.done !== true) step = steps.next();
  assert.equal(step.value, fresh(store));
  assert.equal(kept(store), fresh(store));
});
