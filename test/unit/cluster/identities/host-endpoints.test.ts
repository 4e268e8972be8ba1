import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatLabel } from '../../../../src/cilium/identity/label.ts';
import { rulesOf } from '../../../../src/cilium/policy/rule.ts';
import { runToEnd } from '../../../../src/cilium/run-to-end.ts';
import type { ClusterStore } from '../../../../src/cluster/store.ts';
import type { ClusterView } from '../../../../src/cluster/view.ts';
import { feed, openCluster } from '../../../conformance/cluster.ts';

const POLICY = { kind: 'CiliumClusterwideNetworkPolicy', name: 'hosts' } as const;

function openStore(): ClusterStore {
  const config = new Map([
    ['enable-host-firewall', 'true'],
    ['enable-ipv6', 'false'],
  ]);
  const opened = openCluster({ cilium: '1.19.7', ciliumNamespace: 'kube-system', config });
  assert.ok(opened.ok);
  return opened.value;
}

function put(store: ClusterStore, object: object): void {
  assert.equal(feed(store, object), undefined);
}

function node(name: string, labels: Readonly<Record<string, string>>, kind = 'Node'): object {
  return { apiVersion: kind === 'Node' ? 'v1' : 'cilium.io/v2', kind, metadata: { name, labels } };
}

function policy(pool: string): object {
  const endpoints = [{ matchLabels: { 'k8s:io.kubernetes.pod.namespace': 'a' } }];
  const spec = { nodeSelector: { matchLabels: { pool } }, ingress: [{ fromEndpoints: endpoints }] };
  return { apiVersion: 'cilium.io/v2', kind: POLICY.kind, metadata: { name: POLICY.name }, spec };
}

function identity(id: number, app: string): object {
  const labels = {
    'k8s:app': app,
    'k8s:io.kubernetes.pod.namespace': 'a',
    'k8s:io.cilium.k8s.policy.cluster': 'default',
  };
  return { apiVersion: 'cilium.io/v2', kind: 'CiliumIdentity', metadata: { name: `${id}` }, 'security-labels': labels };
}

/** The labels of each host endpoint, its nodes and the entries of its map, sorted. */
function hosts(view: ClusterView): readonly string[] {
  return [...view.hostEndpoints()]
    .map((host) => {
      const labels = view.labelsOf(host) ?? [];
      const entries = runToEnd(view.entriesSteps(view.classOf(labels, host)));
      return `${labels.map(formatLabel).join(' ')}: ${view.useOf(host).endpoints}, ${entries}`;
    })
    .sort();
}

test('nodes with the same labels have one host endpoint, which the rules for its labels select', () => {
  const store = openStore();
  for (const [name, pool] of [
    ['n1', 'red'],
    ['n2', 'red'],
    ['n3', 'blue'],
  ] as const)
    put(store, node(name, { pool }));
  put(store, identity(1001, 'web'));
  put(store, policy('red'));
  // One peer and everything that leaves; nothing is enforced for the other pool.
  assert.deepEqual(hosts(store.view()), ['reserved:host k8s:pool=blue: 1, 2', 'reserved:host k8s:pool=red: 2, 2']);
  put(store, identity(1002, 'db'));
  assert.deepEqual(hosts(store.view()), ['reserved:host k8s:pool=blue: 1, 2', 'reserved:host k8s:pool=red: 2, 3']);
});

test('a host endpoint follows the labels of its node, and goes with the last of its nodes', () => {
  const store = openStore();
  put(store, policy('red'));
  put(store, identity(1001, 'web'));
  put(store, identity(1002, 'db'));
  put(store, node('n1', { pool: 'blue' }));
  assert.deepEqual(hosts(store.view()), ['reserved:host k8s:pool=blue: 1, 2']);
  put(store, node('n1', { pool: 'red' }));
  assert.deepEqual(hosts(store.view()), ['reserved:host k8s:pool=red: 1, 3']);
  put(store, policy('blue'));
  assert.deepEqual(hosts(store.view()), ['reserved:host k8s:pool=red: 1, 2']);
  store.apply({ type: 'delete', ref: { kind: 'Node', name: 'n1' } });
  assert.deepEqual(hosts(store.view()), []);
});

test('what the agent says of a node stands above what the API server says', () => {
  const store = openStore();
  put(store, node('n1', { pool: 'red' }, 'CiliumNode'));
  put(store, node('n1', { pool: 'blue' }));
  assert.deepEqual(hosts(store.view()), ['reserved:host k8s:pool=red: 1, 2']);
  store.apply({ type: 'delete', ref: { kind: 'CiliumNode', name: 'n1' } });
  assert.deepEqual(hosts(store.view()), ['reserved:host k8s:pool=blue: 1, 2']);
});

test('host endpoints are no identities of the cluster, and no peer selects them', () => {
  const store = openStore();
  put(store, node('n1', { pool: 'red' }));
  put(store, policy('red'));
  const view = store.view();
  assert.deepEqual([...view.identities()], []);
  const [rule] = rulesOf(view.policy(POLICY));
  assert.ok(rule);
  assert.deepEqual([...view.subjects(rule)], [view.hostEndpointOf('n1')]);
  assert.deepEqual([...view.selections(rule.subject)], []);
});

test('what an identity adds to the map of a host is told before and in a what-if', () => {
  const store = openStore();
  put(store, node('n1', { pool: 'red' }));
  put(store, policy('red'));
  put(store, identity(1001, 'web'));
  const before = store.view();
  const labels = before.labelsOf(1001) ?? [];
  const gainsIn = (view: ClusterView) =>
    [...view.classesGaining(labels)].flatMap((gaining) => (gaining === undefined ? [] : [gaining.gained]));
  assert.deepEqual(gainsIn(before), [1]);
  const object = before.policyObject(POLICY);
  assert.ok(object);
  const after = before.after({ op: 'update', before: object, after: object });
  assert.deepEqual(gainsIn(after), [1]);
  const host = after.hostEndpointOf('n1');
  assert.ok(host !== undefined);
  const policyClass = after.classOf(after.labelsOf(host) ?? [], host);
  assert.deepEqual([...after.membersOf(policyClass)], [host]);
  assert.deepEqual([...after.membersOf(after.classOf(labels, 1001))], [1001]);
});
