/**
 * What DNS names bring to the node of an endpoint, and to its policy map.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { formatLabel } from '../../../../src/cilium/identity/label.ts';
import { runToEnd } from '../../../../src/cilium/run-to-end.ts';
import { identityOfAddress } from '../../../../src/cluster/identities/node-layer.ts';
import type { ClusterStore } from '../../../../src/cluster/store.ts';
import type { ClusterView } from '../../../../src/cluster/view.ts';
import { ciliumConfig, ciliumIdentity, decoded, policy, storeWith, type Json } from '../../../support/objects.ts';

const CONFIG = ciliumConfig({ 'enable-ipv6': 'false' });

function pods(id: number, app: string): Json {
  return ciliumIdentity(id, { 'k8s:app': app, 'k8s:io.kubernetes.pod.namespace': 'a' });
}

function asking(app: string, names: readonly string[], ...more: readonly Json[]): Json {
  const toFQDNs = names.map((name) => ({ [name.includes('*') ? 'matchPattern' : 'matchName']: name }));
  return policy(`a/${app}`, { endpointSelector: { matchLabels: { app } }, egress: [{ toFQDNs }, ...more] });
}

function learn(store: ClusterStore, agent: string, answers: Readonly<Record<string, readonly string[]>>): void {
  store.apply({ type: 'dns-cache', agent, answers: new Map(Object.entries(answers)) });
}

function nodesOf(view: ClusterView, id: number) {
  return runToEnd(view.agentIdentitiesSteps(view.classOf(view.labelsOf(id) ?? [], id).policy)).nodes;
}

/** Label sets with a DNS name. */
function namesKnownTo(view: ClusterView, id: number): readonly string[] {
  const nodes = nodesOf(view, id);
  const texts = [...nodes.all()].map((local) => (nodes.labelsOf(local) ?? []).map(formatLabel).join(' '));
  return texts.filter((text) => text.includes('fqdn:')).sort();
}

function entriesOf(view: ClusterView, id: number): number {
  const policyClass = view.classOf(view.labelsOf(id) ?? [], id);
  const entries = runToEnd(view.entriesSteps(policyClass));
  assert.equal(view.policyMap(policyClass).size, entries);
  return entries;
}

const IDLE = 'fqdn:a.example reserved:world';
/** Of the prefix without a name. */
const PLAIN = 'cidr:192.0.2.1/32 reserved:world';

describe('names of a policy', () => {
  test('are known where it is enforced, and nowhere else', () => {
    const view = storeWith([CONFIG, pods(1001, 'web'), pods(1002, 'db'), asking('web', ['a.example'])]).view();
    assert.deepEqual(namesKnownTo(view, 1001), [IDLE]);
    assert.deepEqual(namesKnownTo(view, 1002), []);
    assert.deepEqual(
      [...view.nodeIdentities()].filter((id) => id >>> 24 === 1),
      [],
    );
  });

  test('bring one entry each, and one for each other set of labels that their addresses have', () => {
    const store = storeWith([CONFIG, pods(1001, 'web'), asking('web', ['a.example', '*.example'])]);
    const idle = entriesOf(store.view(), 1001);
    learn(store, 'one', { 'a.example': ['192.0.2.1', '192.0.2.2'], 'b.example': ['192.0.2.3'] });
    assert.deepEqual(namesKnownTo(store.view(), 1001), [
      'fqdn:*.example fqdn:a.example reserved:world',
      'fqdn:*.example reserved:world',
      IDLE,
    ]);
    assert.equal(entriesOf(store.view(), 1001), idle + 1);
    learn(store, 'one', {});
    assert.equal(entriesOf(store.view(), 1001), idle);
  });

  test('a learned address inside a prefix is an identity of its own, and the prefix itself is one less', () => {
    const toCIDR = { toCIDR: ['192.0.2.0/24', '192.0.2.1/32'] };
    const store = storeWith([CONFIG, pods(1001, 'web'), asking('web', ['a.example'], toCIDR)]);
    learn(store, 'one', { 'a.example': ['192.0.2.1', '192.0.2.2'] });
    const view = store.view();
    assert.deepEqual(namesKnownTo(view, 1001), [
      'cidr:192.0.2.0/24 fqdn:a.example reserved:world',
      'cidr:192.0.2.1/32 fqdn:a.example reserved:world',
      IDLE,
    ]);
    const nodes = nodesOf(view, 1001);
    const plain = [...nodes.all()].filter((id) => nodes.labelsOf(id)?.map(formatLabel).join(' ') === PLAIN);
    assert.deepEqual(plain, []);
    assert.equal(nodes.labelsOf(identityOfAddress(nodes, '192.0.2.2') ?? -1)?.length, 3);
  });

  test('are counted on the node that knows most of them', () => {
    const store = storeWith([CONFIG, pods(1001, 'web'), asking('web', ['a.example'], { toCIDR: ['192.0.2.0/24'] })]);
    learn(store, 'one', { 'a.example': ['203.0.113.1'] });
    const little = entriesOf(store.view(), 1001);
    learn(store, 'two', { 'a.example': ['192.0.2.1'] });
    assert.ok(entriesOf(store.view(), 1001) > little);
    learn(store, 'three', {});
    assert.ok(entriesOf(store.view(), 1001) > little);
  });

  test('an address that brings no identity of its own is known by its name', () => {
    const store = storeWith([CONFIG, pods(1001, 'web'), asking('web', ['a.example'])]);
    learn(store, 'one', { 'b.example': ['192.0.2.2'] });
    learn(store, 'two', { 'a.example': ['192.0.2.1'] });
    learn(store, 'zero', {});
    const nodes = nodesOf(store.view(), 1001);
    const named = nodes.labelsOf(identityOfAddress(nodes, '192.0.2.1') ?? -1) ?? [];
    assert.equal(named.map(formatLabel).join(' '), IDLE);
    assert.equal(identityOfAddress(nodes, '192.0.2.2'), 2);
  });

  test('a what-if has those of its policy', () => {
    const view = storeWith([CONFIG, pods(1001, 'web')]).view();
    const after = view.after({ op: 'create', after: decoded(asking('web', ['a.example'])) });
    assert.deepEqual(namesKnownTo(after, 1001), [IDLE]);
    assert.deepEqual(namesKnownTo(view, 1001), []);
  });

  test('tens of thousands of them are counted in steps', () => {
    const names = Array.from({ length: 30_000 }, (_, index) => `n${index}.example`);
    const store = storeWith([CONFIG, pods(1001, 'web'), asking('web', names)]);
    const answers = names.map((name, index) => [name, [`10.1.${index >> 8}.${index & 255}`]] as const);
    learn(store, 'one', Object.fromEntries(answers));
    const view = store.view();
    const { policy: resolved } = view.classOf(view.labelsOf(1001) ?? [], 1001);
    const steps = view.agentIdentitiesSteps(resolved);
    let count = 0;
    while (steps.next().done !== true) count += 1;
    // Matching, two looks at each address, and two layers of what is idle.
    assert.ok(count > 5 * (names.length / 512), `${count} steps`);
  });
});
