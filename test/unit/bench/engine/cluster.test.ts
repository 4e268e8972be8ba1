/**
 * The cluster that the engine is measured on.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listedSelectors, rulesOf } from '../../../../src/cilium/policy/rule.ts';
import { ClusterStore } from '../../../../src/cluster/store.ts';
import type { ClusterView } from '../../../../src/cluster/view.ts';
import { clusterObjects } from '../../../../bench/engine/cluster-objects.ts';
import { planCluster } from '../../../../bench/engine/cluster.ts';
import { clusterAtScale } from '../../../../bench/engine/parameters.ts';
import { decoded } from '../../../../bench/workload/decoded.ts';

const SMALL = { ...clusterAtScale(0.01, 7), podBytes: 0 };

test('the same parameters give the same objects, byte for byte, and another seed gives others', () => {
  const text = (seed: number): string => JSON.stringify([...clusterObjects(planCluster({ ...SMALL, seed }))]);
  assert.equal(text(7), text(7));
  assert.notEqual(text(7), text(8));
});

test('every identity has a number, pods and twelve labels', () => {
  const view = viewOf(SMALL);
  const identities = [...view.identities()];
  assert.equal(identities.length, SMALL.identities);
  assert.ok(identities.every((identity) => view.hasNumber(identity) && view.useOf(identity).pods > 0));
  assert.ok(identities.every((identity) => view.labelsOf(identity)?.length === SMALL.labelsPerIdentity));
  const pods = identities.reduce((sum, identity) => sum + view.useOf(identity).pods, 0);
  assert.equal(pods, SMALL.pods);
});

test('every policy is one that Cilium takes, ten of them for everybody, some with denies, ranges and prefixes', () => {
  const policies = [...viewOf(SMALL).policies()];
  assert.equal(policies.length, SMALL.policies);
  assert.ok(policies.every(({ kind }) => kind === 'parsed'));
  const rules = policies.flatMap((policy) => rulesOf(policy));
  const owners = new Set(
    rules.filter(({ ref }) => ref.object.namespace === undefined).map(({ ref }) => ref.object.name),
  );
  assert.equal(owners.size, 10);
  assert.ok(rules.some(({ verdict }) => verdict === 'deny'));
  assert.ok(policies.some((policy) => policy.kind === 'parsed' && policy.prefixes.length > 0));
  const ports = rules.flatMap((rule) => (rule.ports.kind === 'list' ? rule.ports.items : []));
  assert.ok(ports.some(({ first, last }) => first < last));
});

test('there are about as many selectors as wanted', () => {
  const large = { ...clusterAtScale(0.1, 7), podBytes: 0, pods: 6_500 };
  const rules = [...viewOf(large).policies()].flatMap((policy) => rulesOf(policy));
  const keys = rules.flatMap(({ subject, peers }) => [subject.key, ...listedSelectors(peers).map(({ key }) => key)]);
  const selectors = new Set(keys).size;
  assert.ok(Math.abs(selectors / large.selectors - 1) < 0.1, `${selectors} of ${large.selectors}`);
});

function viewOf(parameters: typeof SMALL): ClusterView {
  const store = new ClusterStore({ tenantLabel: 'tenant' });
  for (const object of clusterObjects(planCluster(parameters)))
    store.apply({ type: 'upsert', object: decoded(object) });
  return store.view();
}
