import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareBytes, formatLabel } from '../../../../src/cilium/identity/label.ts';
import { scopeOf, type NumericIdentity } from '../../../../src/cilium/identity/numeric-identity.ts';
import { runToEnd } from '../../../../src/cilium/run-to-end.ts';
import { DeltaBuilder } from '../../../../src/cluster/delta-builder.ts';
import { Derived } from '../../../../src/cluster/derived.ts';
import { identityOfAddress } from '../../../../src/cluster/identities/node-layer.ts';
import { ObjectTables } from '../../../../src/cluster/objects/object-tables.ts';
import type { ClusterStore } from '../../../../src/cluster/store.ts';
import { ToldIdentities } from '../../../../src/cluster/self-check/told-identities.ts';
import { UnusedSince } from '../../../../src/cluster/usage/unused-since.ts';
import type { ClusterView } from '../../../../src/cluster/view.ts';
import { ciliumConfig, ciliumIdentity, policy, storeWith, decoded, type Json } from '../../../support/objects.ts';

const POD = 1001;
const WITH_LABELS = { 'enable-node-selector-labels': 'true', 'enable-ipv6': 'false' };

function storeOf(config: Readonly<Record<string, string>>, ...objects: readonly Json[]): ClusterStore {
  const pod = ciliumIdentity(POD, { 'k8s:app': 'web', 'k8s:io.kubernetes.pod.namespace': 'a' });
  return storeWith([ciliumConfig(config), pod, ...objects], '1.19.7');
}

function node(name: string, pool: string, ...ips: readonly string[]): Json {
  const addresses = ips.map((ip) => ({ type: 'InternalIP', ip }));
  return { apiVersion: 'cilium.io/v2', kind: 'CiliumNode', metadata: { name, labels: { pool } }, spec: { addresses } };
}

function put(store: ClusterStore, object: Json): void {
  store.apply({ type: 'upsert', object: decoded(object) });
}

/** The labels of identities that are not of the whole cluster. */
function locals(view: ClusterView): readonly string[] {
  const ids = [...view.nodeIdentities()].filter((id) => scopeOf(id) !== 'global');
  const texts = ids.map((id) => (view.labelsOf(id) ?? []).map(formatLabel).join(' '));
  return texts.sort(compareBytes);
}

/** As an agent with the pod knows it. */
function numberOf(address: string, view: ClusterView): NumericIdentity | undefined {
  const { policy: own } = view.classOf(view.labelsOf(POD) ?? [], POD);
  return identityOfAddress(runToEnd(view.agentIdentitiesSteps(own)).nodes, address);
}

function entries(view: ClusterView): number {
  return runToEnd(view.entriesSteps(view.classOf(view.labelsOf(POD) ?? [], POD)));
}

test('addresses of nodes have a fixed number, and no policy makes more of them', () => {
  const prefixes = policy('a/p', { endpointSelector: {}, egress: [{ toCIDR: ['10.0.0.1/32', '10.0.0.2/32'] }] });
  const config = { 'enable-ipv6': 'false' };
  const store = storeOf(config, prefixes);
  assert.deepEqual(locals(store.view()), ['cidr:10.0.0.1/32 reserved:world', 'cidr:10.0.0.2/32 reserved:world']);
  put(store, node('n1', 'red', '10.0.0.1'));
  assert.deepEqual(locals(store.view()), ['cidr:10.0.0.2/32 reserved:world']);
  assert.equal(numberOf('10.0.0.1', store.view()), 6);
  store.apply({ type: 'delete', ref: { kind: 'CiliumNode', name: 'n1' } });
  assert.equal(locals(store.view()).length, 2);
});

test('with labels of their own nodes are identities of their own scope, one for each set of labels', () => {
  const all = policy('a/p', { endpointSelector: {}, egress: [{ toNodes: [{ matchLabels: { pool: 'red' } }] }] });
  const store = storeOf(WITH_LABELS, all, node('n1', 'red', '10.0.0.1', '10.0.0.9'), node('n2', 'red', '10.0.0.2'));
  assert.deepEqual(locals(store.view()), [
    'k8s:io.cilium.k8s.policy.cluster=default node:pool=red reserved:remote-node',
  ]);
  assert.equal(scopeOf(numberOf('10.0.0.9', store.view()) ?? 0), 'remote-node');
  // Everything that comes in, the local host, and the nodes.
  assert.equal(entries(store.view()), 3);
  put(store, node('n2', 'blue', '10.0.0.2'));
  assert.equal(locals(store.view()).length, 2);
  assert.equal(entries(store.view()), 3);
  put(store, node('n3', 'red', '10.0.0.3'));
  assert.equal(entries(store.view()), 3);
});

test('of nodes with one address the labels are those of the first by name, whichever came first', () => {
  const nodes = [node('n1', 'red', '10.0.0.1'), node('n2', 'blue', '10.0.0.1')];
  const both = [nodes, nodes.toReversed()].map((list) => locals(storeOf(WITH_LABELS, ...list).view()));
  const expected = ['k8s:io.cilium.k8s.policy.cluster=default node:pool=red reserved:remote-node'];
  assert.deepEqual(both, [expected, expected]);
});

test('a label of a node that is no part of its identity costs no new node-local identities', () => {
  const isKept = (config: Readonly<Record<string, string>>): boolean => {
    const objects = new ObjectTables();
    const lasting = { dnsCaches: new Map(), told: new ToldIdentities(), unusedSince: new UnusedSince() };
    const derived = new Derived(storeOf(config).view().settings, new DeltaBuilder(), objects, lasting);
    const given = (pool: string) => {
      objects.set(decoded(node('n1', pool, '10.0.0.1')));
      derived.setNode('n1');
      return derived.nodes;
    };
    return given('red') === given('blue');
  };
  assert.equal(isKept({}), true);
  assert.equal(isKept(WITH_LABELS), false);
});

test('a what-if gives nodes numbers of their own scope, too', () => {
  const config = { ...WITH_LABELS, 'policy-cidr-match-mode': 'nodes' };
  const group = (cidrs: readonly string[]): Json => ({
    apiVersion: 'cilium.io/v2',
    kind: 'CiliumCIDRGroup',
    metadata: { name: 'g' },
    spec: { externalCIDRs: cidrs },
  });
  const store = storeOf(config, group(['10.1.0.0/16']), node('n1', 'red', '10.0.0.1'));
  const [before, object] = [decoded(group(['10.1.0.0/16'])), decoded(group(['10.0.0.0/16']))];
  const after = store.view().after({ op: 'update', before, after: object });
  const number = numberOf('10.0.0.1', after) ?? 0;
  assert.equal(scopeOf(number), 'remote-node');
  assert.ok((after.labelsOf(number) ?? []).some(({ source }) => source === 'cidrgroup'));
});

test('addresses for health checks and ingress are those of the reserved identities', () => {
  const own = { ...node('n1', 'red'), spec: { health: { ipv4: '10.1.0.4' }, ingress: { ipv4: '10.1.0.8' } } };
  const view = storeOf({}, own).view();
  assert.equal(numberOf('10.1.0.4', view), 4);
  assert.equal(numberOf('10.1.0.8', view), 8);
});
