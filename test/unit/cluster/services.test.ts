import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { formatLabel } from '../../../src/cilium/identity/label.ts';
import { formatRef, type ObjectRef } from '../../../src/cilium/objects.ts';
import { rulesOf } from '../../../src/cilium/policy/rule.ts';
import type { ClusterStore } from '../../../src/cluster/store.ts';
import type { ClusterView } from '../../../src/cluster/view.ts';
import { decoded, policy, storeWith, type Json } from '../../support/objects.ts';
import { endpoints, endpointSlice, service } from '../../support/services.ts';

const REFERRING: ObjectRef = { kind: 'CiliumNetworkPolicy', namespace: 'a', name: 'refers' };
const OTHER: ObjectRef = { kind: 'CiliumNetworkPolicy', namespace: 'a', name: 'other' };
const POLICIES = [
  policy('a/refers', {
    endpointSelector: {},
    egress: [
      {
        toServices: [{ k8sService: { serviceName: 'out', namespace: 'b' } }],
        toPorts: [{ ports: [{ port: '443', protocol: 'TCP' }] }],
      },
    ],
  }),
  policy('a/other', { endpointSelector: {}, egress: [{ toEntities: ['kube-apiserver'] }] }),
];
const OUT = service('b/out');
const OUT_SLICE = endpointSlice('b/out-1', 'out', ['192.0.2.1']);

/** The policies that are said to have changed. */
function apply(store: ClusterStore, raw: Json): readonly string[] {
  return store.apply({ type: 'upsert', object: decoded(raw) }).policies.map(formatRef);
}

function remove(store: ClusterStore, raw: Json): readonly string[] {
  const { kind, metadata } = raw as {
    readonly kind: ObjectRef['kind'];
    readonly metadata: { namespace: string; name: string };
  };
  return store
    .apply({ type: 'delete', ref: { kind, namespace: metadata.namespace, name: metadata.name } })
    .policies.map(formatRef);
}

/** What the reference comes to. */
function peers(view: ClusterView): string {
  const [rule] = rulesOf(view.policy(REFERRING));
  const isKnown = rule?.unsupported.every(({ inMaps }) => inMaps === true) === true;
  return isKnown ? rule.peers.kind : 'unknown';
}

function apiServers(view: ClusterView): readonly string[] {
  const labels = [...view.nodeIdentities()].map((id) => (view.labelsOf(id) ?? []).map(formatLabel).join(' '));
  return labels.filter((text) => text.includes('reserved:kube-apiserver') && text.includes('reserved:world'));
}

describe('a policy that refers to a Service', () => {
  test('is not known while no Service was given, and is read again when they come and go', () => {
    const store = storeWith(POLICIES);
    assert.equal(peers(store.view()), 'unknown');
    assert.deepEqual(apply(store, service('b/web', { selector: { app: 'web' } })), [formatRef(REFERRING)]);
    assert.equal(peers(store.view()), 'any');
    apply(store, OUT);
    assert.equal(peers(store.view()), 'unknown', 'no EndpointSlice was given');
    apply(store, OUT_SLICE);
    assert.equal(peers(store.view()), 'list');
    remove(store, OUT);
    assert.equal(peers(store.view()), 'any');
  });

  test('is read again when Endpoints come and go where there is no EndpointSlice', () => {
    const store = storeWith([...POLICIES, OUT]);
    assert.deepEqual(apply(store, endpoints('b/out', ['192.0.2.1'])), [formatRef(REFERRING)]);
    assert.equal(peers(store.view()), 'list');
    assert.deepEqual(remove(store, endpoints('b/out', [])), [formatRef(REFERRING)]);
    assert.equal(peers(store.view()), 'unknown');
  });

  test('comes to nothing where a source has listed Services and there are none', () => {
    const store = storeWith(POLICIES);
    assert.deepEqual(store.apply({ type: 'synced', kind: 'Service' }).policies.map(formatRef), [formatRef(REFERRING)]);
    assert.equal(peers(store.view()), 'any');
  });

  test('loses those that a source does not list again', () => {
    const store = storeWith([...POLICIES, OUT, OUT_SLICE]);
    assert.equal(peers(store.view()), 'list');
    store.apply({ type: 'relist', kind: 'EndpointSlice' });
    assert.deepEqual(store.apply({ type: 'synced', kind: 'EndpointSlice' }).policies.map(formatRef), [
      formatRef(REFERRING),
    ]);
    assert.equal(peers(store.view()), 'any');
  });

  test('is read again for what it means alone, and others never', () => {
    const store = storeWith([...POLICIES, OUT, OUT_SLICE, service('b/web', { selector: { app: 'web' } })]);
    const before = { referring: store.view().policy(REFERRING), other: store.view().policy(OTHER) };
    for (const raw of [
      service('b/web', { selector: { app: 'db' } }),
      service('c/out', { selector: { app: 'out' } }),
      endpointSlice('b/web-1', 'web', ['192.0.2.7']),
      endpointSlice('b/none-1', 'none', ['192.0.2.7']),
      { ...OUT, status: { loadBalancer: {} } },
    ]) {
      assert.deepEqual(apply(store, raw), []);
    }
    assert.equal(store.view().policy(REFERRING), before.referring);
    assert.deepEqual(apply(store, endpointSlice('b/out-1', 'out', ['192.0.2.7'])), [formatRef(REFERRING)]);
    assert.notEqual(store.view().policy(REFERRING), before.referring);
    assert.equal(store.view().policy(OTHER), before.other);
  });

  test('is not read again for the endpoints of a Service with a selector', () => {
    const store = storeWith([...POLICIES, service('b/out', { selector: { app: 'out' } }), OUT_SLICE]);
    assert.deepEqual(apply(store, endpointSlice('b/out-1', 'out', ['192.0.2.7'])), []);
  });

  test('is read once for all that came before somebody looked', () => {
    const store = storeWith([...POLICIES, OUT, OUT_SLICE]);
    apply(store, service('b/out', { selector: { app: 'out' } }));
    apply(store, service('b/out', {}, { late: 'true' }));
    const read = store.view().policy(REFERRING);
    assert.equal(peers(store.view()), 'list');
    apply(store, service('b/web', { selector: { app: 'web' } }));
    assert.equal(store.view().policy(REFERRING), read);
  });

  test('that is gone is not read again', () => {
    const store = storeWith([...POLICIES, OUT, OUT_SLICE]);
    apply(store, service('b/out', { selector: { app: 'out' } }));
    store.apply({ type: 'delete', ref: REFERRING });
    assert.equal(store.view().policy(REFERRING), undefined);
    assert.deepEqual(apply(store, OUT), []);
  });
});

describe('API servers', () => {
  const slice = (addresses: readonly string[]): Json => endpointSlice('default/kubernetes', 'kubernetes', addresses);

  test('are identities while their EndpointSlice has them', () => {
    const store = storeWith(POLICIES);
    assert.deepEqual(apiServers(store.view()), []);
    apply(store, slice(['192.0.2.1', '192.0.2.2']));
    assert.deepEqual(apiServers(store.view()), ['reserved:kube-apiserver reserved:world-ipv4']);
    remove(store, slice([]));
    assert.deepEqual(apiServers(store.view()), []);
  });

  test('are those of Endpoints where there is no EndpointSlice of theirs', () => {
    const labels = { 'endpointslice.kubernetes.io/skip-mirror': 'true' };
    const metadata = { namespace: 'default', name: 'kubernetes', labels };
    const store = storeWith([...POLICIES, endpointSlice('b/x', 'x', []), endpoints('a/b', ['198.51.100.1'])]);
    apply(store, endpoints('default/kubernetes', ['192.0.2.1', '2001:db8::1'], { metadata }));
    assert.deepEqual(apiServers(store.view()), [
      'reserved:kube-apiserver reserved:world-ipv4',
      'reserved:kube-apiserver reserved:world-ipv6',
    ]);
    apply(store, slice(['192.0.2.2']));
    assert.deepEqual(apiServers(store.view()), ['reserved:kube-apiserver reserved:world-ipv4']);
    remove(store, slice([]));
    remove(store, endpoints('default/kubernetes', []));
    assert.deepEqual(apiServers(store.view()), []);
  });

  test('are among those of the prefixes around them', () => {
    const store = storeWith([
      slice(['192.0.2.1']),
      policy('a/p', { endpointSelector: {}, egress: [{ toCIDR: ['192.0.2.0/24'] }] }),
    ]);
    assert.deepEqual(apiServers(store.view()), ['cidr:192.0.2.0/24 reserved:kube-apiserver reserved:world-ipv4']);
  });
});
