/**
 * Predicted identities of pods against those that their agents gave, event by event.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { SelfCheckFigures } from '../../../../src/cluster/self-check/self-check.ts';
import { ClusterStore, type StoreOptions } from '../../../../src/cluster/store.ts';
import { ciliumConfig, ciliumIdentity, decoded, namespace, pod, version, type Json } from '../../../support/objects.ts';

/** What an agent of 1.19 makes of a pod of namespace a with this label. */
function securityLabels(app: string): Readonly<Record<string, string>> {
  return {
    'k8s:app': app,
    'k8s:io.cilium.k8s.namespace.labels.kubernetes.io/metadata.name': 'a',
    'k8s:io.cilium.k8s.policy.cluster': 'default',
    'k8s:io.cilium.k8s.policy.serviceaccount': 'default',
    'k8s:io.kubernetes.pod.namespace': 'a',
  };
}

function endpoint(name: string, id: number, labels?: Readonly<Record<string, string>>): Json {
  const texts = labels && Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  return {
    apiVersion: 'cilium.io/v2',
    kind: 'CiliumEndpoint',
    metadata: { namespace: 'a', name },
    status: { identity: { id, ...(texts === undefined ? {} : { labels: texts }) } },
  };
}

function slice(name: string, endpoints: readonly { readonly name: string; readonly id: number }[]): Json {
  return {
    apiVersion: 'cilium.io/v2alpha1',
    kind: 'CiliumEndpointSlice',
    metadata: { name },
    namespace: 'a',
    endpoints,
  };
}

const NAMESPACE = namespace('a', { 'kubernetes.io/metadata.name': 'a' });
const WEB = securityLabels('web');

function storeOf(objects: readonly Json[], options: Partial<StoreOptions> = {}): ClusterStore {
  const store = new ClusterStore({ version: version('1.19.7'), ...options });
  put(store, ...objects);
  return store;
}

function put(store: ClusterStore, ...objects: readonly Json[]): void {
  for (const object of objects) store.apply({ type: 'upsert', object: decoded(object) });
}

function figuresOf(store: ClusterStore): readonly [compared: number, different: number] {
  const { compared, different } = store.view().selfCheck.figures();
  return [compared, different];
}

function keysOf({ labelKeys }: SelfCheckFigures): readonly string[] {
  return labelKeys.map(({ key, pods }) => `${key} ${pods}`);
}

describe('a pod is compared', () => {
  test('with the labels of its endpoint, in whatever order they come', () => {
    const objects = [NAMESPACE, pod('a/x', { app: 'web' }), endpoint('x', 300, WEB)];
    assert.deepEqual(figuresOf(storeOf(objects)), [1, 0]);
    assert.deepEqual(figuresOf(storeOf(objects.toReversed())), [1, 0]);
  });

  test('with those of the identity whose number its endpoint or a slice names', () => {
    const objects = [NAMESPACE, pod('a/x', { app: 'web' }), pod('a/y', { app: 'web' }), ciliumIdentity(300, WEB)];
    const tellers = [endpoint('x', 300), slice('s', [{ name: 'y', id: 300 }])];
    assert.deepEqual(figuresOf(storeOf([...objects, ...tellers])), [2, 0]);
    assert.deepEqual(figuresOf(storeOf([...tellers, ...objects])), [2, 0]);
  });

  test('with the labels of the identity, whatever an endpoint with its number says that they are', () => {
    const pods = [pod('a/x', { app: 'web' }), pod('a/y', { app: 'web' })];
    const tellers = [endpoint('x', 300, WEB), endpoint('y', 300, securityLabels('forged'))];
    const objects = [NAMESPACE, ...pods, ...tellers, ciliumIdentity(300, WEB)];
    assert.deepEqual(figuresOf(storeOf(objects)), [2, 0]);
    assert.deepEqual(figuresOf(storeOf(objects.toReversed())), [2, 0]);
    const before = [NAMESPACE, ciliumIdentity(300, WEB), ...tellers, ...pods];
    assert.deepEqual(figuresOf(storeOf(before)), [2, 0]);
  });

  test('not while its endpoint, the labels of that, or its namespace are not known', () => {
    const x = pod('a/x', { app: 'web' });
    for (const objects of [
      [NAMESPACE, x],
      [NAMESPACE, x, endpoint('x', 300)],
      [x, endpoint('x', 300, WEB)],
    ]) {
      assert.deepEqual(figuresOf(storeOf(objects)), [0, 0]);
    }
  });

  test('not on the network of its host, once finished, or with a reserved identity', () => {
    const hosted = pod('a/x', { app: 'web' }, { spec: { hostNetwork: true } });
    const finished = pod('a/x', { app: 'web' }, { status: { phase: 'Succeeded' } });
    for (const one of [hosted, finished]) {
      assert.deepEqual(figuresOf(storeOf([NAMESPACE, one, endpoint('x', 300, WEB)])), [0, 0]);
    }
    const initial = endpoint('x', 5, { 'reserved:init': '' });
    assert.deepEqual(figuresOf(storeOf([NAMESPACE, pod('a/x', { app: 'web' }), initial])), [0, 0]);
  });

  test('until it, or what tells of it, is gone', () => {
    const store = storeOf([
      NAMESPACE,
      pod('a/x', { app: 'web' }),
      pod('a/y', { app: 'web' }),
      ciliumIdentity(300, WEB),
    ]);
    put(store, endpoint('x', 300), slice('s', [{ name: 'y', id: 300 }]));
    put(store, slice('s', []));
    assert.deepEqual(figuresOf(store), [1, 0]);
    store.apply({ type: 'delete', ref: { kind: 'Pod', namespace: 'a', name: 'x' } });
    assert.deepEqual(figuresOf(store), [0, 0]);
  });

  test('by the slice that its endpoint moves to, once the one that it leaves is written', () => {
    const objects = [NAMESPACE, pod('a/x', { app: 'web' }), ciliumIdentity(300, WEB)];
    const store = storeOf([...objects, slice('old', [{ name: 'x', id: 300 }]), slice('new', [{ name: 'x', id: 300 }])]);
    put(store, slice('old', []));
    assert.deepEqual(figuresOf(store), [1, 0]);
  });

  test('by the first slice by name, in whatever order they come', () => {
    const objects = [NAMESPACE, pod('a/x', { app: 'web' }), ciliumIdentity(300, WEB)];
    const slices = [slice('s1', [{ name: 'x', id: 300 }]), slice('s2', [{ name: 'x', id: 301 }])];
    assert.deepEqual(figuresOf(storeOf([...objects, ...slices])), [1, 0]);
    assert.deepEqual(figuresOf(storeOf([...objects, ...slices.toReversed()])), [1, 0]);
  });

  test('with the labels that most endpoints with its number tell, in whatever order they come and go', () => {
    const pods = ['x', 'y', 'z'].map((name) => pod(`a/${name}`, { app: 'web' }));
    const forged = endpoint('z', 300, securityLabels('forged'));
    const tellers = [endpoint('x', 300, WEB), endpoint('y', 300, WEB), forged];
    assert.deepEqual(figuresOf(storeOf([NAMESPACE, ...pods, ...tellers])), [3, 0]);
    const store = storeOf([...tellers.toReversed(), ...pods, NAMESPACE]);
    assert.deepEqual(figuresOf(store), [3, 0]);
    store.apply({ type: 'delete', ref: { kind: 'CiliumEndpoint', namespace: 'a', name: 'x' } });
    put(store, endpoint('y', 300, securityLabels('forged')));
    assert.deepEqual(figuresOf(store), [2, 2]);
  });
});

describe('a pod is different', () => {
  test('whose agent gave it other labels; their keys are told, and nothing else', () => {
    const { 'k8s:app': app, ...without } = WEB;
    assert.equal(app, 'web');
    const store = storeOf([NAMESPACE, pod('a/x', { app: 'web' }), endpoint('x', 300, { ...without, 'k8s:run': '7' })]);
    assert.deepEqual(figuresOf(store), [1, 1]);
    assert.deepEqual(keysOf(store.view().selfCheck.figures()), ['app 1', 'run 1']);
  });

  test('after a relabel, and after one of its namespace', () => {
    const x = pod('a/x', { app: 'web' });
    const relabelled = storeOf([NAMESPACE, x, endpoint('x', 300, WEB)]);
    put(relabelled, pod('a/x', { app: 'other' }));
    assert.deepEqual(figuresOf(relabelled), [1, 1]);
    const moved = storeOf([NAMESPACE, x, endpoint('x', 300, WEB)]);
    put(moved, namespace('a', { 'kubernetes.io/metadata.name': 'a', team: 'red' }));
    assert.deepEqual(figuresOf(moved), [1, 1]);
    put(moved, NAMESPACE);
    assert.deepEqual(figuresOf(moved), [1, 0]);
  });

  test('by a configuration that comes later', () => {
    const store = storeOf([NAMESPACE, pod('a/x', { app: 'web' }), endpoint('x', 300, WEB)]);
    put(store, ciliumConfig({ labels: 'k8s:!app' }));
    assert.deepEqual(figuresOf(store), [1, 1]);
  });

  test('not while one of the settings that agents run with gives what its agent gave', () => {
    const image = (tag: string): Json => ({ spec: { containers: [{ image: `quay.io/cilium/cilium:${tag}` }] } });
    const ports = { spec: { containers: [{ name: 'main', ports: [{ name: 'http', containerPort: 80 }] }] } };
    const store = new ClusterStore();
    put(store, NAMESPACE, pod('kube-system/new', { 'k8s-app': 'cilium' }, image('v1.20.2')));
    put(store, pod('a/x', { app: 'web' }, ports), endpoint('x', 300, WEB));
    assert.deepEqual(figuresOf(store), [1, 1]);
    put(store, pod('kube-system/old', { 'k8s-app': 'cilium' }, image('v1.19.7')));
    assert.deepEqual(figuresOf(store), [1, 0]);
  });

  test('of those that agreed, only after five minutes, as agents need a while to follow', () => {
    let now = 0;
    const store = storeOf([NAMESPACE, pod('a/x', { app: 'web' }), endpoint('x', 300, WEB)], { clock: () => now });
    put(store, pod('a/x', { app: 'other' }));
    assert.deepEqual(figuresOf(store), [0, 0]);
    now += 5 * 60_000 - 1;
    put(store, pod('a/x', { app: 'another' }));
    assert.deepEqual(figuresOf(store), [0, 0]);
    now += 1;
    assert.deepEqual(figuresOf(store), [1, 1]);
    put(store, pod('a/x', { app: 'web' }));
    assert.deepEqual(figuresOf(store), [1, 0]);
  });
});

describe('what is predicted is trusted', () => {
  function pods(count: number, different: number): ClusterStore {
    const store = storeOf([NAMESPACE]);
    for (let at = 0; at < count; at += 1) {
      put(store, pod(`a/x${at}`, { app: at < different ? 'other' : 'web' }), endpoint(`x${at}`, 300, WEB));
    }
    return store;
  }

  test('while no more than one percent differ', () => {
    assert.equal(pods(100, 1).view().selfCheck.isTrusted(), true);
    assert.equal(pods(100, 2).view().selfCheck.isTrusted(), false);
  });

  test('however many differ of less than twenty', () => {
    assert.equal(pods(19, 19).view().selfCheck.isTrusted(), true);
    assert.equal(pods(20, 1).view().selfCheck.isTrusted(), false);
  });

  test('and no more than ten keys are told, those of most pods first', () => {
    const many = Object.fromEntries(Array.from({ length: 12 }, (_, at) => [`k8s:extra-${at + 10}`, '']));
    const store = storeOf([NAMESPACE, pod('a/x', { app: 'web' }), endpoint('x', 300, { ...WEB, ...many })]);
    put(store, pod('a/y', { app: 'web' }), endpoint('y', 301, { ...WEB, 'k8s:extra-21': '' }));
    const keys = keysOf(store.view().selfCheck.figures());
    assert.deepEqual([keys.length, ...keys.slice(0, 2)], [10, 'extra-21 2', 'extra-10 1']);
  });
});
