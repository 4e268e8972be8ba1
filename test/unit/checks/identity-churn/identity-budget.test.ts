import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { runToEnd } from '../../../../src/cilium/run-to-end.ts';
import { ClusterStore } from '../../../../src/cluster/store.ts';
import { audit } from '../../../../src/review/audit.ts';
import { deployment, identityIn, ownerRef, replicaSet } from '../../../support/churn.ts';
import { decoded, namespace, pod, storeWith, version, type Json } from '../../../support/objects.ts';
import { finding, findings, settingsWith, submit } from '../../../support/review.ts';

/** Two in use, four in all. */
const settings = settingsWith('enforce', { identityBudget: 2 });

function running(inNamespace: string, count: number): readonly Json[] {
  return Array.from({ length: count }, (_, index) => pod(`${inNamespace}/p${index}`, { app: `a${index}` }));
}

function unused(inNamespace: string, count: number): readonly Json[] {
  return Array.from({ length: count }, (_, index) => identityIn(inNamespace, 1000 + index, { app: `u${index}` }));
}

describe('of the pods of a tenant', () => {
  test('as many identities as the budget allows are admitted, and one more is denied', () => {
    const web = pod('ci/web', { app: 'web' });
    assert.deepEqual(submit(storeWith([namespace('ci'), ...running('ci', 1)]), web, { settings }).findings, []);
    const decision = submit(storeWith([namespace('ci'), ...running('ci', 2)]), web, { settings });
    assert.equal(decision.verdict, 'deny');
    const { facts, message, fix, certainty, field } = finding(decision, 'identity-budget');
    assert.deepEqual(facts, { newIdentities: 1, identities: 2, budget: 2 });
    assert.equal(
      message,
      'web would bring one more Cilium identity: pods of namespace ci have 2 of the 2 that they may have',
    );
    assert.match(fix?.text ?? '', /identityBudget/);
    assert.deepEqual([certainty, field], ['exact', 'metadata.labels']);
  });

  test('an identity that exists is nothing more, however many there are', () => {
    const store = storeWith([namespace('ci'), ...running('ci', 5)]);
    assert.deepEqual(submit(store, pod('ci/more', { app: 'a1' }), { settings }).findings, []);
  });

  test('identities of others count for nothing', () => {
    const store = storeWith([namespace('ci'), namespace('other'), ...running('other', 5)]);
    assert.deepEqual(submit(store, pod('ci/web', { app: 'web' }), { settings }).findings, []);
  });

  test('the default is 5 % of the range', () => {
    const store = storeWith([namespace('ci'), ...running('ci', 3264)]);
    const { facts } = finding(submit(store, pod('ci/web', { app: 'web' })), 'identity-budget');
    assert.deepEqual(facts, { newIdentities: 1, identities: 3264, budget: 3264 });
  });
});

describe('of a tenant, unused ones included', () => {
  test('twice as many are admitted, and one more is denied until some are collected', () => {
    const web = deployment('ci/web', { app: 'web' });
    assert.deepEqual(submit(storeWith([namespace('ci'), ...unused('ci', 3)]), web, { settings }).findings, []);
    const decision = submit(storeWith([namespace('ci'), ...unused('ci', 4)]), web, { settings });
    assert.equal(decision.verdict, 'deny');
    const { facts, message, fix } = finding(decision, 'identity-budget');
    assert.deepEqual(facts, { newIdentities: 1, identities: 4, budget: 4 });
    assert.equal(
      message,
      'web would bring one more Cilium identity: namespace ci has 4, unused ones included, of the 4 that it may have',
    );
    assert.equal(fix?.text, '4 unused identities, each collected within 75 minutes of its last use');
  });

  test('with a clock the fix says when', () => {
    const clock = { now: Date.UTC(2026, 0, 1, 12, 0) };
    const store = new ClusterStore({ version: version('1.20.2'), clock: () => clock.now });
    const apply = (raw: Json): void => void store.apply({ type: 'upsert', object: decoded(raw) });
    for (const raw of [namespace('ci'), ...unused('ci', 4)]) apply(raw);
    clock.now += 20 * 60_000;
    apply(identityIn('ci', 2000, { app: 'later' }));
    const { fix } = finding(submit(store, pod('ci/web', { app: 'web' }), { settings }), 'identity-budget');
    const text = '5 unused identities, collected by about 13:36 UTC; there is room again by about 13:16 UTC';
    assert.equal(fix?.text, text);
  });
});

describe('who was judged before', () => {
  const owner = deployment('ci/web', { app: 'web' });
  const set = replicaSet('ci/web-1', { app: 'web' }, 'ci/web');

  test('a scale-up of a stored owner is admitted with advice, whatever the tenant has', () => {
    const store = storeWith([namespace('ci'), ...running('ci', 5), owner, set]);
    const owners = { metadata: { ownerReferences: [ownerRef('ReplicaSet', 'ci/web-1')] } };
    const decision = submit(store, pod('ci/web-1-x', { app: 'web' }, owners), { settings });
    assert.equal(decision.verdict, 'allow');
    assert.equal(finding(decision, 'identity-budget').severity, 'advice');
  });

  test('a pod that is relabelled in place is left to relabel-pod', () => {
    const owners = { metadata: { ownerReferences: [ownerRef('ReplicaSet', 'ci/web-1')] } };
    const before = pod('ci/web-1-x', { app: 'web' }, owners);
    const store = storeWith([namespace('ci'), ...running('ci', 5), owner, set, before]);
    const decision = submit(store, pod('ci/web-1-x', { debug: 'yes' }, owners), { before, settings });
    assert.deepEqual(findings(decision, 'identity-budget'), []);
  });
});

describe('a change of namespace labels', () => {
  const before = namespace('ci', { team: 'red' });
  const after = namespace('ci', { team: 'blue' });

  test('doubles what the tenant has, as the old identities stay', () => {
    const admitted = submit(storeWith([before, ...running('ci', 2)]), after, { before, settings });
    assert.deepEqual(findings(admitted, 'identity-budget'), []);
    const decision = submit(storeWith([before, ...running('ci', 3)]), after, { before, settings });
    assert.equal(decision.verdict, 'deny');
    const { facts, message } = finding(decision, 'identity-budget');
    assert.deepEqual(facts, { newIdentities: 3, identities: 3, budget: 4 });
    assert.match(message, /^ci would bring 3 more Cilium identities: /);
  });

  test('a tenant that has too many already may change what brings no more', () => {
    const store = storeWith([before, ...running('ci', 5)]);
    assert.deepEqual(submit(store, namespace('ci', { team: 'red' }), { before, settings }).findings, []);
  });

  test('a namespace that changes hands brings its identities to its new tenant', () => {
    const handed = namespace('ci', { tenant: 'blue' });
    const objects = [namespace('ci', { tenant: 'red' }), namespace('b', { tenant: 'blue' })];
    const store = (count: number) =>
      storeWith([...objects, ...running('ci', 1), ...running('b', count)], '1.20.2', { tenantLabel: 'tenant' });
    const admitted = submit(store(1), handed, { before: namespace('ci', { tenant: 'red' }), settings });
    assert.deepEqual(findings(admitted, 'identity-budget'), []);
    const decision = submit(store(2), handed, { before: namespace('ci', { tenant: 'red' }), settings });
    const { facts, message } = finding(decision, 'identity-budget');
    assert.deepEqual(facts, { newIdentities: 1, identities: 2, budget: 2 });
    assert.match(message, /pods of tenant blue have 2/);
  });
});

test('an audit lists the tenants that are above, by their largest namespace', () => {
  const objects = [namespace('ci'), namespace('calm'), ...running('ci', 3), ...running('calm', 2)];
  const report = runToEnd(audit(storeWith(objects).view(), settings));
  const found = report.findings.filter(({ id }) => id === 'identity-budget');
  assert.deepEqual(
    found.map(({ subject, facts, message }) => [subject, facts, message]),
    [
      [
        { kind: 'Namespace', name: 'ci' },
        { newIdentities: 0, identities: 3, budget: 2 },
        'pods of namespace ci have 3 Cilium identities of the 2 that they may have',
      ],
    ],
  );
});

test('a system namespace that is above is advice: nothing in it is ever denied', () => {
  const objects = [namespace('kube-tools'), ...running('kube-tools', 3)];
  const report = runToEnd(audit(storeWith(objects).view(), settings));
  assert.deepEqual(
    report.findings.map(({ id, severity }) => [id, severity]),
    [['identity-budget', 'advice']],
  );
});
