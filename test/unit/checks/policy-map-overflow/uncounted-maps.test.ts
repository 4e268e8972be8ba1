/**
 * A policy that asks for more than anybody counts is no safer than one that asks for less.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { namespace, pod, policy, storeWith, type Json } from '../../../support/objects.ts';
import { finding, findings, submit } from '../../../support/review.ts';

const LIMIT = 16_384;

function asking(prefixes: number, ports: number): Json {
  const list = Array.from({ length: ports }, (_, index) => ({ port: String(2 * index + 1), protocol: 'TCP' }));
  const toPorts = Array.from({ length: Math.ceil(ports / 40) }, (_, index) => ({
    ports: list.slice(40 * index, 40 * (index + 1)),
  }));
  const toCIDR = Array.from({ length: prefixes }, (_, index) => `9.0.${index}.0/24`);
  return policy('a/p', { endpointSelector: {}, egress: [{ toCIDR, toPorts }] });
}

const store = storeWith([namespace('a'), pod('a/x', { app: 'x' })], '1.19.7');

test('is denied for what it needs at least, where that is more than the limit already', () => {
  const decision = submit(store, asking(20, 20_000));
  assert.equal(decision.verdict, 'deny');
  const { certainty, facts, field } = finding(decision, 'policy-map-overflow');
  assert.deepEqual([certainty, field, facts['entriesBefore']], ['lower-bound', 'spec.egress[0]', 3]);
  assert.ok(Number(facts['entriesAfter']) > LIMIT);
});

test('of many peers with some ports each is denied too', () => {
  assert.equal(submit(store, asking(250, 1_500)).verdict, 'deny');
});

test('whose peers select nobody is not judged', () => {
  const nobody = Array.from({ length: 20 }, (_, index) => ({ matchLabels: { app: `none${index}` } }));
  const { spec } = asking(1, 20_000) as { readonly spec: { readonly egress: readonly [Json] } };
  const egress = [{ toEndpoints: nobody, toPorts: spec.egress[0]['toPorts'] }];
  const decision = submit(store, policy('a/p', { endpointSelector: {}, egress }));
  assert.equal(decision.verdict, 'allow');
  assert.deepEqual(findings(decision, 'policy-map-overflow'), []);
  assert.ok(decision.unknowns.length > 0);
});

test('that no agent looks at for its pods is not judged', () => {
  const unpoliced = storeWith([namespace('a'), pod('a/x', { host: 'x' })], '1.19.7');
  assert.deepEqual(findings(submit(unpoliced, asking(20, 20_000)), 'policy-map-overflow'), []);
});

test('that grows further is not judged: how far it grew is not known', () => {
  const before = asking(20, 20_000);
  const full = storeWith([namespace('a'), pod('a/x', { app: 'x' }), before], '1.19.7');
  const decision = submit(full, asking(21, 20_000), { before });
  assert.deepEqual(findings(decision, 'policy-map-overflow'), []);
  assert.ok(decision.unknowns.length > 0);
});
