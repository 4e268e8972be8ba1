/**
 * Identities of agents that keep them in a kvstore: what pods and endpoints tell of them.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { identityCertainty } from '../../../src/checks/facts/certainty.ts';
import { identitiesInUse } from '../../../src/checks/facts/identities-in-use.ts';
import { runToEnd } from '../../../src/cilium/run-to-end.ts';
import type { ClusterStore } from '../../../src/cluster/store.ts';
import { ciliumConfig, ciliumIdentity, decoded, namespace, pod, storeWith, type Json } from '../../support/objects.ts';

const LABELS = {
  'k8s:app': 'web',
  'k8s:io.cilium.k8s.namespace.labels.kubernetes.io/metadata.name': 'a',
  'k8s:io.cilium.k8s.policy.cluster': 'default',
  'k8s:io.cilium.k8s.policy.serviceaccount': 'default',
  'k8s:io.kubernetes.pod.namespace': 'a',
};

function config(mode: string): Json {
  return ciliumConfig({ kvstore: 'etcd', 'identity-allocation-mode': mode });
}

function endpoint(name: string, id: number, app = 'web'): Json {
  const labels = Object.entries({ ...LABELS, 'k8s:app': app }).map(([key, value]) => `${key}=${value}`);
  return {
    apiVersion: 'cilium.io/v2',
    kind: 'CiliumEndpoint',
    metadata: { namespace: 'a', name },
    status: { identity: { id, labels } },
  };
}

function storeIn(mode: string, ...objects: readonly Json[]): ClusterStore {
  return storeWith([namespace('a'), config(mode), ...objects], '1.19.7');
}

function numbersOf(store: ClusterStore): readonly number[] {
  const view = store.view();
  return [...view.identities()].filter((id) => view.hasNumber(id));
}

function put(store: ClusterStore, object: Json): void {
  store.apply({ type: 'upsert', object: decoded(object) });
}

describe('with identities in a kvstore', () => {
  test('those of endpoints are known by their numbers, and go with the last endpoint', () => {
    const store = storeIn('kvstore', endpoint('x', 300), endpoint('y', 300), endpoint('z', 301, 'db'));
    assert.deepEqual(numbersOf(store), [300, 301]);
    store.apply({ type: 'delete', ref: { kind: 'CiliumEndpoint', namespace: 'a', name: 'x' } });
    assert.deepEqual(numbersOf(store), [300, 301]);
    store.apply({ type: 'delete', ref: { kind: 'CiliumEndpoint', namespace: 'a', name: 'y' } });
    assert.deepEqual(numbersOf(store), [301]);
  });

  test('pods and their endpoints are one identity each, in whatever order they come', () => {
    const objects = [pod('a/x', { app: 'web' }), endpoint('x', 300)];
    for (const store of [storeIn('kvstore', ...objects), storeIn('kvstore', ...objects.toReversed())]) {
      assert.deepEqual([...store.view().identities()], [300]);
      assert.deepEqual(store.view().useOf(300), { pods: 1, endpoints: 1 });
    }
  });

  test('a pod without an endpoint has one without a number', () => {
    const view = storeIn('kvstore', pod('a/x', { app: 'web' })).view();
    assert.deepEqual(
      [...view.identities()].map((id) => view.hasNumber(id)),
      [false],
    );
  });

  test('objects that are left from another mode count for nothing', () => {
    const left = [ciliumIdentity(300, LABELS), ciliumIdentity(301, LABELS)];
    const store = storeIn('kvstore', ...left, endpoint('x', 301, 'db'));
    assert.deepEqual(numbersOf(store), [301]);
    store.apply({ type: 'delete', ref: { kind: 'CiliumIdentity', name: '301' } });
    assert.deepEqual(numbersOf(store), [301]);
  });

  test('an endpoint that gets another identity takes the first one away, and one that comes again touches nothing', () => {
    const store = storeIn('kvstore', endpoint('x', 300));
    const { identitiesRemoved } = store.apply({ type: 'upsert', object: decoded(endpoint('x', 300)) });
    assert.deepEqual(identitiesRemoved, []);
    put(store, endpoint('x', 301, 'db'));
    assert.deepEqual(numbersOf(store), [301]);
  });

  test('it has the labels that endpoints tell that are there, whoever told others before', () => {
    const store = storeIn('kvstore', endpoint('x', 300), endpoint('y', 300, 'db'));
    store.apply({ type: 'delete', ref: { kind: 'CiliumEndpoint', namespace: 'a', name: 'y' } });
    const app = (store.view().labelsOf(300) ?? []).find(({ key }) => key === 'app');
    assert.equal(app?.value, 'web');
  });

  test('reserved identities are none of the cluster', () => {
    assert.deepEqual(numbersOf(storeIn('kvstore', endpoint('x', 5))), []);
  });

  test('a configuration that comes late finds them', () => {
    const store = storeWith([namespace('a'), endpoint('x', 300), ciliumIdentity(302, LABELS)], '1.19.7');
    assert.deepEqual(numbersOf(store), [302]);
    put(store, config('kvstore'));
    assert.deepEqual(numbersOf(store), [300]);
    put(store, config('crd'));
    assert.deepEqual(numbersOf(store), [302]);
  });

  test('what is counted is a lower bound', () => {
    const view = storeIn('kvstore', endpoint('x', 300), pod('a/y', { app: 'db' })).view();
    const { inUse, unused } = runToEnd(identitiesInUse(view));
    assert.deepEqual([inUse, unused], [2, 0]);
    assert.equal(identityCertainty(view.settings), 'lower-bound');
  });
});

test('while identities are written to both, objects count; a kvstore that is read may have more', () => {
  for (const [mode, certainty] of [
    ['doublewrite-readkvstore', 'lower-bound'],
    ['doublewrite-readcrd', 'exact'],
    ['crd', 'exact'],
  ] as const) {
    const store = storeIn(mode, ciliumIdentity(300, LABELS), endpoint('x', 301, 'db'));
    assert.deepEqual(numbersOf(store), [300]);
    assert.equal(identityCertainty(store.view().settings), certainty, mode);
  }
});
