/**
 * Thousands of pods of one identity, each with a port of its own under a name that the rules ask for: each is a class.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runToEnd } from '../../../../src/cilium/run-to-end.ts';
import type { PolicyClass } from '../../../../src/cluster/policy-class.ts';
import type { ClusterStore } from '../../../../src/cluster/store.ts';
import type { ClusterView } from '../../../../src/cluster/view.ts';
import { decoded, namespace, pod, policy, storeWith, type Json } from '../../../support/objects.ts';

/** Until 1.19 named ports are no labels of an identity. */
const VERSION = '1.19.7';

const onHTTP = policy('a/in', {
  endpointSelector: {},
  ingress: [{ fromEndpoints: [{}], toPorts: [{ ports: [{ port: 'http', protocol: 'TCP' }] }] }],
});

function web(containerPort: number): Json {
  const containers = [{ name: 'main', ports: [{ name: 'http', containerPort }] }];
  return pod(`a/web-${containerPort}`, { app: 'web' }, { spec: { containers } });
}

function clusterOf(...ports: readonly number[]): ClusterStore {
  return storeWith([namespace('a'), onHTTP, ...ports.map(web)], VERSION);
}

/** By the port. */
function classes(view: ClusterView): ReadonlyMap<number, PolicyClass> {
  const [id = 0] = view.identities();
  return new Map(
    [...view.portSetsOf(id)].map(({ ports }) => {
      return [ports.get('http')?.port ?? 0, view.classOf(view.labelsOf(id) ?? [], id, ports)];
    }),
  );
}

test('a pod that comes leaves the classes of the others as they are', () => {
  const store = clusterOf(80, 81);
  const before = classes(store.view());
  store.apply({ type: 'upsert', object: decoded(web(82)) });
  const after = classes(store.view());
  assert.deepEqual([...after.keys()], [80, 81, 82]);
  assert.equal(after.get(80), before.get(80));
  assert.equal(after.get(81), before.get(81));
});

test('a count that is known is not made again for a pod that comes or goes', () => {
  const store = clusterOf(80, 81);
  const [of80] = classes(store.view()).values();
  assert.ok(of80);
  runToEnd(store.view().entriesSteps(of80));
  store.apply({ type: 'upsert', object: decoded(web(82)) });
  store.apply({ type: 'delete', ref: { kind: 'Pod', namespace: 'a', name: 'web-81' } });
  const { done, value } = store.view().entriesSteps(of80).next();
  assert.deepEqual({ done, value }, { done: true, value: store.view().policyMap(of80).size });
});

test('what the rules make is there once for all of them, in what-ifs too', () => {
  const view = clusterOf(80, 81, 82).view();
  const wider = { op: 'create', after: decoded(policy('a/more', { endpointSelector: {}, ingress: [{}] })) } as const;
  for (const layer of [view, view.after(wider)]) {
    const all = [...classes(layer).values()];
    assert.equal(new Set(all.map(({ key }) => key)).size, 3);
    assert.equal(new Set(all.map(({ policy: made }) => made)).size, 1);
  }
});

test('what the rules make is there once for apps that differ in ports alone', () => {
  const view = storeWith([namespace('a'), onHTTP, web(80), web(81), web(82)], '1.20.2').view();
  const made = [...view.identities()].map((id) => {
    const [{ ports } = { ports: undefined }] = view.portSetsOf(id);
    return view.classOf(view.labelsOf(id) ?? [], id, ports);
  });
  assert.equal(new Set(made.map(({ key }) => key)).size, 3);
  assert.equal(new Set(made.map(({ policy: shared }) => shared)).size, 1);
});

test('classes of which no pod is left are gone', () => {
  const store = clusterOf(80, 81);
  const gone = classes(store.view()).get(81);
  assert.ok(gone);
  assert.equal([...store.view().membersOf(gone)].length, 1);
  store.apply({ type: 'delete', ref: { kind: 'Pod', namespace: 'a', name: 'web-81' } });
  assert.deepEqual([...store.view().membersOf(gone)], []);
});
