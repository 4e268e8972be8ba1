import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deployment, job, ownerRef, replicaSet } from '../../../support/churn.ts';
import { ciliumConfig, namespace, pod, storeWith } from '../../../support/objects.ts';
import { finding, findings, settingsWith, submit } from '../../../support/review.ts';

const settings = settingsWith('enforce', { identityLabels: { allowed: ['app', 'tier', 'team'] } });
const home = namespace('ci');

test('a label that is not allowed is denied, with a patch that leaves it out', () => {
  const decision = submit(storeWith([home]), deployment('ci/web', { app: 'job', 'build-id': '7', owner: 'me' }), {
    settings,
  });
  assert.equal(decision.verdict, 'deny');
  const { facts, message, fix, field } = finding(decision, 'label-not-allowed');
  assert.deepEqual(facts, { labels: ['build-id', 'owner'], allowed: ['app', 'tier', 'team'] });
  assert.equal(field, 'spec.template.metadata.labels');
  assert.equal(
    message,
    'labels "build-id" and "owner" of web would be part of Cilium identities and are not among the labels that may be',
  );
  assert.equal(fix?.kind, 'patch');
  assert.equal(
    fix.text,
    'move "build-id" and "owner" to an annotation; only "app", "tier" and "team" may tell pods apart',
  );
});

for (const [statement, raw] of [
  ['labels that are allowed', deployment('ci/web', { app: 'job', tier: 'front' })],
  ['a label that is no part of identities', deployment('ci/web', { app: 'job', 'pod-template-hash': 'x' })],
  ['what the controller of a Job adds', job('ci/run', { app: 'job' })],
  [
    'a namespace with its own name and an allowed label',
    namespace('new', { team: 'red', 'kubernetes.io/metadata.name': 'new' }),
  ],
] as const) {
  test(`nothing is said of ${statement}`, () => {
    assert.deepEqual(submit(storeWith([home]), raw, { settings }).findings, []);
  });
}

test('the label that tells whose a namespace is is no label that its author could leave out', () => {
  const store = storeWith([home], '1.20.2', { tenantLabel: 'tenant' });
  const { facts } = finding(
    submit(store, namespace('new', { tenant: 'web', cost: '7' }), { settings }),
    'label-not-allowed',
  );
  assert.deepEqual(facts['labels'], ['cost']);
  assert.deepEqual(submit(store, namespace('new', { tenant: 'web' }), { settings }).findings, []);
  assert.equal(submit(store, pod('ci/web', { tenant: 'web' }), { settings }).verdict, 'deny');
});

test('a platform that lists no labels allows all of them', () => {
  assert.deepEqual(submit(storeWith([home]), deployment('ci/web', { app: 'job', owner: 'me' })).findings, []);
});

test('an update is asked for the labels that it adds', () => {
  const before = deployment('ci/web', { app: 'job', owner: 'me' });
  const store = storeWith([home, before]);
  const same = submit(store, deployment('ci/web', { app: 'job', owner: 'you', tier: 'x' }), { before, settings });
  assert.deepEqual(findings(same, 'label-not-allowed'), []);
  const more = submit(store, deployment('ci/web', { app: 'job', owner: 'me', run: '1' }), { before, settings });
  assert.deepEqual(finding(more, 'label-not-allowed').facts['labels'], ['run']);
});

test('who was judged at the owner goes through', () => {
  const owner = deployment('ci/web', { app: 'job', owner: 'me' });
  const set = replicaSet('ci/web-1', { app: 'job', owner: 'me' }, 'ci/web');
  const owners = { metadata: { ownerReferences: [ownerRef('ReplicaSet', 'ci/web-1')] } };
  assert.equal(submit(storeWith([home, owner]), set, { settings }).verdict, 'allow');
  const owned = pod('ci/web-1-x', { app: 'job', owner: 'me' }, owners);
  assert.deepEqual(findings(submit(storeWith([home, owner, set]), owned, { settings }), 'label-not-allowed'), []);
});

test('a namespace is asked by the plain keys of its labels', () => {
  const before = namespace('ci', { team: 'red' });
  const after = namespace('ci', { team: 'red', 'cost-center': '7' });
  const decision = submit(storeWith([before]), after, { before, settings });
  assert.deepEqual(finding(decision, 'label-not-allowed').facts['labels'], ['cost-center']);
  const excluded = ciliumConfig({ labels: '!io\\.cilium\\.k8s\\.namespace\\.labels\\.cost-center$' });
  assert.deepEqual(submit(storeWith([excluded, before]), after, { before, settings }).findings, []);
});
