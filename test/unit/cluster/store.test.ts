import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { runToEnd } from '../../../src/cilium/run-to-end.ts';
import { identityOfAddress } from '../../../src/cluster/identities/node-layer.ts';
import { ClusterStore } from '../../../src/cluster/store.ts';
import type { ClusterView } from '../../../src/cluster/view.ts';
import {
  ciliumConfig,
  ciliumIdentity,
  clusterwidePolicy,
  decoded,
  namespace,
  pod,
  policy,
  storeWith,
  version,
  type Json,
} from '../../support/objects.ts';

const WEB = {
  'k8s:app': 'web',
  'k8s:io.cilium.k8s.namespace.labels.kubernetes.io/metadata.name': 'a',
  'k8s:io.cilium.k8s.policy.cluster': 'default',
  'k8s:io.cilium.k8s.policy.serviceaccount': 'default',
  'k8s:io.kubernetes.pod.namespace': 'a',
};

function put(store: ClusterStore, raw: Json): void {
  store.apply({ type: 'upsert', object: decoded(raw) });
}

function keysOf(view: ClusterView): readonly string[] {
  return [...view.identities()].map((id) =>
    (view.labelsOf(id) ?? []).map(({ key, value }) => `${key}=${value}`).join(','),
  );
}

suite('identities', () => {
  test('a pod without a CiliumIdentity has a made-up number, which gives way to the real one', () => {
    const store = storeWith([namespace('a'), pod('a/web-0', { app: 'web' })]);
    const [provisional] = store.view().identities();
    assert.ok(provisional !== undefined && !store.view().hasNumber(provisional));
    put(store, ciliumIdentity(4711, WEB));
    assert.deepEqual([...store.view().identities()], [4711]);
    assert.deepEqual(store.view().useOf(4711), { pods: 1, endpoints: 0 });
  });

  test('two CiliumIdentities with one key are two objects and one key, lowest number first', () => {
    const store = storeWith([
      namespace('a'),
      ciliumIdentity(900, WEB),
      ciliumIdentity(300, WEB),
      pod('a/w', { app: 'web' }),
    ]);
    const labels = store.view().labelsOf(300) ?? [];
    const shape = store.view().identityOfShape({ ...podShape(store), labels: new Map([['app', 'web']]) }, 'a');
    assert.ok(shape.kind === 'global');
    assert.deepEqual(store.view().identitiesWithKey(shape.key), [300, 900]);
    assert.equal(labels.length, 5);
  });

  test('a pod on the host network and a finished one use no identity', () => {
    const onHost = pod('a/host', { app: 'web' }, { spec: { hostNetwork: true } });
    const done = pod('a/done', { app: 'web' }, { status: { phase: 'Succeeded' } });
    assert.deepEqual(keysOf(storeWith([namespace('a'), onHost, done]).view()), []);
  });

  test('a pod of a namespace that is not known gets its identity when the namespace comes', () => {
    const store = storeWith([pod('a/web-0', { app: 'web' })]);
    assert.deepEqual(keysOf(store.view()), []);
    put(store, namespace('a'));
    assert.equal(keysOf(store.view()).length, 1);
  });

  test('an identity that only an endpoint has is in use', () => {
    const endpoint = {
      apiVersion: 'cilium.io/v2',
      kind: 'CiliumEndpoint',
      metadata: { namespace: 'a', name: 'web-0' },
      status: { identity: { id: 300 } },
    };
    const store = storeWith([namespace('a'), ciliumIdentity(300, WEB), endpoint]);
    assert.deepEqual(store.view().useOf(300), { pods: 0, endpoints: 1 });
    store.apply({ type: 'delete', ref: { kind: 'CiliumEndpoint', namespace: 'a', name: 'web-0' } });
    assert.deepEqual(store.view().useOf(300), { pods: 0, endpoints: 0 });
  });

  test('identities of endpoint slices are counted, and counted again when a slice changes', () => {
    const slice = (...ids: readonly number[]): Json => ({
      apiVersion: 'cilium.io/v2alpha1',
      kind: 'CiliumEndpointSlice',
      metadata: { name: 'ces-1' },
      namespace: 'a',
      endpoints: ids.map((id, index) => ({ name: `web-${index}`, id })),
    });
    const store = storeWith([namespace('a'), ciliumIdentity(300, WEB), slice(300, 300)]);
    assert.equal(store.view().useOf(300).endpoints, 2);
    put(store, slice(300));
    assert.equal(store.view().useOf(300).endpoints, 1);
  });
});

function podShape(store: ClusterStore) {
  const found = store.view().pod('a', 'w');
  assert.ok(found !== undefined);
  return found;
}

suite('settings', () => {
  const agent = (tag: string): Json => ({
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { namespace: 'kube-system', name: 'cilium' },
    spec: {
      template: {
        metadata: { labels: { 'k8s-app': 'cilium' } },
        spec: { containers: [{ name: 'cilium-agent', image: `quay.io/cilium/cilium:${tag}` }] },
      },
    },
  });

  test('the version is that of the image of the agents, digest or not', () => {
    const store = new ClusterStore();
    assert.match(store.view().settings.unknown ?? '', /version of Cilium is not known/);
    put(store, agent(`v1.18.6@sha256:${'0'.repeat(64)}`));
    const { settings } = store.view();
    assert.equal(settings.unknown, undefined);
    assert.deepEqual(settings.profile.version, { major: 1, minor: 18, patch: 6 });
  });

  test('a version that is not supported, and a tag that is none, leave everything unknown', () => {
    for (const tag of ['v1.17.4', 'latest']) {
      const store = new ClusterStore();
      put(store, agent(tag));
      assert.notEqual(store.view().settings.unknown, undefined, tag);
    }
  });

  test('a configuration that arrives late derives every identity again', () => {
    const store = storeWith([namespace('a'), pod('a/web-0', { app: 'web', 'build-id': '7' })]);
    assert.match(keysOf(store.view())[0] ?? '', /build-id=7/);
    const delta = store.apply({ type: 'upsert', object: decoded(ciliumConfig({ labels: '!build-id' })) });
    assert.equal(delta.rebuilt, true);
    assert.doesNotMatch(keysOf(store.view())[0] ?? '', /build-id/);
  });

  test('a label filter that no agent takes makes identities unknown, and says why', () => {
    const store = storeWith([namespace('a'), ciliumConfig({ labels: 'k8s:(' }), pod('a/web-0', { app: 'web' })]);
    const { filter } = store.view().settings;
    assert.ok(filter.kind === 'invalid');
    assert.match(filter.reason, /refuse to start/);
    assert.equal(store.view().identityOfShape(podOf(store, 'a', 'web-0'), 'a').kind, 'unknown');
  });

  test('a label-prefix-file whose content is not given makes identities unknown', () => {
    const config = ciliumConfig({ 'label-prefix-file': '/etc/prefixes.json' });
    assert.equal(storeWith([config]).view().settings.filter.kind, 'unknown');
  });

  test('an agent or a configuration that comes again as it was derives nothing again', () => {
    const store = new ClusterStore();
    const config = decoded(ciliumConfig({ labels: '!build-id' }));
    assert.equal(store.apply({ type: 'upsert', object: decoded(agent('v1.20.2')) }).rebuilt, true);
    assert.equal(store.apply({ type: 'upsert', object: decoded(agent('v1.20.2')) }).rebuilt, false);
    assert.equal(store.apply({ type: 'upsert', object: config }).rebuilt, true);
    assert.equal(store.apply({ type: 'upsert', object: config }).rebuilt, false);
  });

  test('the ConfigMap of another namespace derives nothing again', () => {
    const store = storeWith([namespace('a')]);
    const other = { ...ciliumConfig({ labels: '!app' }), metadata: { namespace: 'elsewhere', name: 'cilium-config' } };
    assert.equal(store.apply({ type: 'upsert', object: decoded(other) }).rebuilt, false);
  });

  test('the ConfigMap of another namespace is not the configuration', () => {
    const other = { ...ciliumConfig({ labels: '!app' }), metadata: { namespace: 'elsewhere', name: 'cilium-config' } };
    const store = storeWith([namespace('a'), other, pod('a/web-0', { app: 'web' })]);
    assert.match(keysOf(store.view())[0] ?? '', /app=web/);
  });
});

function podOf(store: ClusterStore, inNamespace: string, name: string) {
  const found = store.view().pod(inNamespace, name);
  assert.ok(found !== undefined);
  return found;
}

suite('lists', () => {
  test('what a new list does not hold is gone once it is synced, and not before', () => {
    const store = storeWith([namespace('a'), pod('a/web-0', { app: 'web' }), pod('a/db-0', { app: 'db' })]);
    store.apply({ type: 'relist', kind: 'Pod' });
    put(store, pod('a/web-0', { app: 'web' }));
    assert.equal(store.count('Pod'), 2);
    store.apply({ type: 'synced', kind: 'Pod' });
    assert.equal(store.count('Pod'), 1);
    assert.deepEqual(keysOf(store.view()).length, 1);
  });

  test('a sync without a list before it removes nothing', () => {
    const store = storeWith([namespace('a'), pod('a/web-0', { app: 'web' })]);
    store.apply({ type: 'synced', kind: 'Pod' });
    assert.equal(store.count('Pod'), 1);
  });
});

suite('what one event touches', () => {
  test('a pod with a known key adds no identity', () => {
    const store = storeWith([namespace('a'), pod('a/web-0', { app: 'web' })]);
    const delta = store.apply({ type: 'upsert', object: decoded(pod('a/web-1', { app: 'web' })) });
    assert.deepEqual(delta.identitiesAdded, []);
    assert.deepEqual(delta.identitiesRemoved, []);
  });

  test('a CiliumIdentity that comes again as it was touches nothing', () => {
    const store = storeWith([namespace('a'), ciliumIdentity(300, WEB), pod('a/web-0', { app: 'web' })]);
    const delta = store.apply({ type: 'upsert', object: decoded(ciliumIdentity(300, WEB)) });
    assert.deepEqual([delta.identitiesAdded, delta.identitiesRemoved], [[], []]);
  });

  test('the last pod of a key takes its made-up identity along', () => {
    const store = storeWith([namespace('a'), pod('a/web-0', { app: 'web' })]);
    const [id] = store.view().identities();
    const delta = store.apply({ type: 'delete', ref: { kind: 'Pod', namespace: 'a', name: 'web-0' } });
    assert.deepEqual(delta.identitiesRemoved, [id]);
  });

  test('a policy is named by the delta that brings it', () => {
    const store = storeWith([namespace('a')]);
    const object = decoded(policy('a/p', { endpointSelector: {}, ingress: [{}] }));
    const ref = { kind: 'CiliumNetworkPolicy', namespace: 'a', name: 'p' } as const;
    assert.deepEqual(store.apply({ type: 'upsert', object }).policies, [ref]);
    assert.deepEqual(store.apply({ type: 'delete', ref }).policies, [ref]);
  });
});

suite('policies', () => {
  test('a policy that the agent refuses is kept as refused, and selects nobody', () => {
    const store = storeWith([namespace('a'), pod('a/web-0', { app: 'web' }), policy('a/p', { endpointSelector: {} })]);
    assert.deepEqual(
      [...store.view().policies()].map(({ kind }) => kind),
      ['refused'],
    );
    const [id = 0] = store.view().identities();
    assert.deepEqual(store.view().classOf(store.view().labelsOf(id) ?? [], id).rules, []);
  });

  test('every prefix that any policy names is an identity of the node, and goes with the last policy that names it', () => {
    const deny = (name: string): Json =>
      clusterwidePolicy(name, { endpointSelector: {}, egressDeny: [{ toCIDR: ['192.0.2.0/24'] }] });
    const store = storeWith([deny('one'), deny('two')]);
    const locals = (): number => [...store.view().nodeIdentities()].filter((id) => id >>> 24 === 1).length;
    assert.equal(locals(), 1);
    store.apply({ type: 'delete', ref: { kind: 'CiliumClusterwideNetworkPolicy', name: 'one' } });
    assert.equal(locals(), 1);
    store.apply({ type: 'delete', ref: { kind: 'CiliumClusterwideNetworkPolicy', name: 'two' } });
    assert.equal(locals(), 0);
  });

  test('an address is the longest prefix around it, else the world', () => {
    const names = { endpointSelector: {}, egress: [{ toCIDR: ['10.0.0.0/8', '10.1.0.0/16'] }] };
    const store = new ClusterStore({ version: version('1.20.2') });
    for (const raw of [ciliumConfig({ 'enable-ipv6': 'false' }), clusterwidePolicy('names', names)]) put(store, raw);
    const view = store.view();
    const { nodes } = runToEnd(view.agentIdentitiesSteps(view.classOf([]).policy));
    const labelOf = (address: string): string =>
      (nodes.labelsOf(identityOfAddress(nodes, address) ?? -1) ?? [])[0]?.key ?? '';
    assert.equal(labelOf('10.1.2.3'), '10.1.0.0/16');
    assert.equal(labelOf('10.2.2.3'), '10.0.0.0/8');
    assert.equal(identityOfAddress(nodes, '192.0.2.1'), 2);
    assert.equal(identityOfAddress(nodes, 'no address'), undefined);
  });
});
