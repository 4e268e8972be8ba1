/**
 * Maps with identities that agents are expected to learn by DNS names.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { expectedEntries } from '../../../../src/checks/policy-map-overflow/expected-entries.ts';
import { DEFAULT_CHECK_SETTINGS } from '../../../../src/checks/settings.ts';
import { runToEnd } from '../../../../src/cilium/run-to-end.ts';
import type { ClusterStore } from '../../../../src/cluster/store.ts';
import { audit } from '../../../../src/review/audit.ts';
import { identityIn } from '../../../support/churn.ts';
import { ciliumConfig, decoded, namespace, pod, policy, storeWith, type Json } from '../../../support/objects.ts';
import { submit } from '../../../support/review.ts';

/** So many names on one port. */
function toNames(names: number, rest: Json = {}): Json {
  const toFQDNs = Array.from({ length: names }, (_, at) => ({ matchName: `n${at}.example.com` }));
  const egress = [{ toFQDNs, toPorts: [{ ports: [{ port: '443', protocol: 'TCP' }] }] }];
  return policy('a/names', { endpointSelector: {}, egress, ...rest });
}

function cluster(identities: number, config: Readonly<Record<string, string>> = {}): ClusterStore {
  const data = { 'enable-ipv6': 'false', 'bpf-policy-map-max': '256', ...config };
  const objects = [
    namespace('a'),
    pod('a/x', { app: 'web' }),
    identityIn('a', 2_000, { app: 'web' }),
    ciliumConfig(data),
  ];
  return storeWith(objects, '1.19.7', { fqdnIdentitiesPerSelector: identities });
}

/** Of the map of pod a/x with this policy; `lines`: of which one is above what it has for certain. */
function expected(store: ClusterStore, raw: Json, lines: readonly number[] = [100_000]): string {
  store.apply({ type: 'upsert', object: decoded(raw) });
  const view = store.view();
  const [identity = 0] = view.identitiesIn('a');
  const policyClass = view.classOf(view.labelsOf(identity) ?? [], identity);
  const { entries, certainty } = runToEnd(expectedEntries(policyClass, view, lines));
  return `${entries} ${certainty}`;
}

describe('a name of which fewer identities are known than it is taken to have', () => {
  test('has the rest of them at a guess, where that comes to a line', () => {
    // A name has an entry for each identity; without IPv6 one is there before any answer.
    const certain = expected(cluster(1), toNames(10), []);
    assert.match(certain, /^1\d lower-bound$/);
    const [least = 0] = certain.split(' ').map(Number);
    assert.equal(expected(cluster(2), toNames(10), [least + 10]), `${least + 10} estimate`);
    assert.equal(expected(cluster(4), toNames(10), [least + 10]), `${least + 30} estimate`);
    assert.equal(expected(cluster(2), toNames(10), [least + 11]), certain);
  });

  test('has none more where as many are known: one for each family', () => {
    const both = { 'enable-ipv6': 'true' };
    assert.equal(expected(cluster(2, both), toNames(10), [100]), expected(cluster(0, both), toNames(10), [100]));
  });

  test('has all of them at a guess where none is made before an answer', () => {
    const none = { 'tofqdns-preallocate-identities': 'false' };
    const [least = 0] = expected(cluster(0, none), toNames(10), [12]).split(' ').map(Number);
    assert.equal(expected(cluster(2, none), toNames(10), [least + 20]), `${least + 20} estimate`);
  });

  test('takes nothing where everybody may be reached on the port', () => {
    const open = [{ toPorts: [{ ports: [{ port: '443', protocol: 'TCP' }] }] }];
    const names = (toNames(10)['spec'] as { readonly egress: readonly Json[] }).egress;
    const certain = expected(cluster(0), toNames(10, { egress: [...names, ...open] }), []);
    assert.equal(expected(cluster(9), toNames(10, { egress: [...names, ...open] }), [50]), certain);
  });
});

describe('a map that overflows', () => {
  test('at a guess is advice', () => {
    const { verdict, findings } = submit(cluster(3), toNames(100));
    assert.equal(verdict, 'allow');
    const told = findings.map(({ id, severity, certainty }) => [id, severity, certainty]);
    assert.deepEqual(told, [['policy-map-overflow', 'advice', 'estimate']]);
    assert.match(findings[0]?.message ?? '', /needs about 30\d entries, limit 256/);
    assert.deepEqual(submit(cluster(1), toNames(100)).findings, []);
  });

  test('for certain denies, whatever is guessed besides', () => {
    const { verdict, findings } = submit(cluster(3), toNames(300));
    assert.equal(verdict, 'deny');
    assert.equal(findings[0]?.certainty, 'lower-bound');
  });

  test('for certain denies, where it did at a guess before', () => {
    const store = cluster(5);
    store.apply({ type: 'upsert', object: decoded(toNames(200)) });
    assert.equal(submit(store, toNames(300), { before: toNames(200) }).verdict, 'deny');
  });

  test('at a guess is advice of an audit, too', () => {
    const store = cluster(3);
    store.apply({ type: 'upsert', object: decoded(toNames(100)) });
    const { findings } = runToEnd(audit(store.view(), DEFAULT_CHECK_SETTINGS));
    assert.deepEqual(
      findings.map(({ id, severity, certainty }) => [id, severity, certainty]),
      [['policy-map-overflow', 'advice', 'estimate']],
    );
  });
});
