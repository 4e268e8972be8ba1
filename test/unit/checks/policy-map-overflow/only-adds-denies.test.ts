/**
 * Which changes of a policy are for safety, however its denies are put.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { onlyAddsDenies } from '../../../../src/checks/policy-map-overflow/only-adds-denies.ts';
import type { PolicyObject } from '../../../../src/cilium/objects.ts';
import { namespace, storeWith } from '../../../support/objects.ts';
import { cnp, contextFor, EVERY_KIND, kcnp, rulesOf, type Spec } from '../../../support/policies.ts';

const CONTEXT = contextFor('1.20.2', EVERY_KIND);
const { settings } = storeWith([namespace('a')]).view();

function isForSafety(before: Spec, after: Spec): boolean {
  return isSafeChange(cnp({ endpointSelector: {}, ...before }), cnp({ endpointSelector: {}, ...after }));
}

function isSafeChange(before: PolicyObject, after: PolicyObject): boolean {
  const [old, fresh] = [before, after].map((policy) => rulesOf(policy, CONTEXT));
  const steps = onlyAddsDenies(old ?? [], fresh ?? [], settings);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

const tcp = (...list: readonly string[]): Spec => ({ ports: list.map((port) => ({ port, protocol: 'TCP' })) });
const cidrs = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `9.${Math.floor(index / 256)}.${index % 256}.0/24`);
const deny = (...rules: readonly Spec[]): Spec => ({ egressDeny: rules });

test('a deny that is put otherwise, or takes more, takes what it took', () => {
  const before = deny({ toCIDR: ['9.0.0.0/16', '9.1.0.0/16'], toPorts: [tcp('80')] });
  for (const after of [
    before,
    deny({ toCIDR: ['9.0.0.0/15'], toPorts: [tcp('80')] }),
    deny({ toCIDR: ['9.0.0.0/16'], toPorts: [tcp('80', '81')] }, { toCIDR: ['9.1.0.0/16'] }),
    deny({ toEntities: ['all'] }),
    { ...before, ingressDeny: [{ fromEntities: ['world'] }] },
  ])
    assert.ok(isForSafety(before, after), JSON.stringify(after));
});

test('a deny that takes less, or goes, is no change for safety', () => {
  const before = deny({ toCIDR: ['9.0.0.0/15'], toPorts: [tcp('80', '81')] });
  for (const after of [
    deny({ toCIDR: ['9.0.0.0/16'], toPorts: [tcp('80', '81')] }),
    deny({ toCIDR: ['9.0.0.0/15'], toPorts: [tcp('80')] }),
    deny({ toCIDR: ['8.0.0.0/8'] }, { toCIDR: ['9.0.0.0/16'], toPorts: [tcp('80', '81')] }),
    { ingressDeny: [{ fromEntities: ['all'] }] },
  ])
    assert.ok(!isForSafety(before, after), JSON.stringify(after));
});

test('an allow that comes or goes, or another default deny, is no change for safety', () => {
  const allow: Spec = { egress: [{ toCIDR: ['9.0.0.0/16'] }] };
  const more = deny({ toEntities: ['all'] });
  assert.ok(isForSafety(allow, { ...allow, ...more }));
  assert.ok(!isForSafety(more, { ...allow, ...more }));
  assert.ok(!isForSafety(allow, more));
  assert.ok(!isForSafety(allow, { ...allow, ...more, enableDefaultDeny: { egress: false } }));
});

test('a deny that moves to another tier or priority is no change for safety, and one that comes is', () => {
  const deny = { action: 'Deny', from: [{ namespaces: {} }] };
  const before = kcnp({ priority: 1, ingress: [deny] });
  assert.ok(isSafeChange(before, kcnp({ priority: 1, ingress: [deny, { ...deny, from: [] }] })));
  for (const moved of [{ priority: 2 }, { priority: 1, tier: 'Baseline' }]) {
    assert.ok(!isSafeChange(before, kcnp({ ...moved, ingress: [deny] })), JSON.stringify(moved));
  }
});

test('of a long list of denied prefixes one that goes is seen', () => {
  const all = cidrs(5_000);
  assert.ok(!isForSafety(deny({ toCIDR: all }), deny({ toCIDR: all.slice(1) })));
  assert.ok(isForSafety(deny({ toCIDR: all.slice(1) }), deny({ toCIDR: all })));
});
