import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  buildIds,
  churnyObjects,
  churnyStore,
  deployment,
  identityIn,
  job,
  ownerRef,
  replicaSet,
  unusedIdentities,
} from '../../../support/churn.ts';
import { namespace, pod, policy, storeWith } from '../../../support/objects.ts';
import { finding, findings, submit, submissionOf } from '../../../support/review.ts';

const CHANGING = { app: 'job', 'build-id': 'new' };

describe('a violation', () => {
  test('a workload whose changing label mints one more identity is denied, with the label and the numbers', () => {
    const decision = submit(churnyStore(), deployment('ci/runner', CHANGING));
    assert.equal(decision.verdict, 'deny');
    const { facts, field, certainty } = finding(decision, 'label-churn');
    assert.deepEqual(facts, { labels: ['build-id'], unused: 60, inUse: 1, nearestIdentity: 900 });
    assert.equal(field, 'spec.template.metadata.labels');
    assert.equal(certainty, 'exact');
  });

  test('so is a pod that nobody owns', () => {
    assert.equal(submit(churnyStore(), pod('ci/x', CHANGING)).verdict, 'deny');
  });

  test('its fix leads to a workload that is admitted', () => {
    const store = churnyStore();
    const raw = deployment('ci/runner', CHANGING);
    const { fix } = finding(submit(store, raw), 'label-churn');
    assert.ok(fix?.kind === 'patch');
    const revised = submissionOf(raw).revise(fix.patch);
    assert.ok(revised.ok);
    assert.deepEqual(submit(store, deployment('ci/runner', { app: 'job' })).findings, []);
  });

  test('keys that change together are named together', () => {
    const task = (index: number) => ({ app: 'job', dag_id: 'd', run_id: `r${index}`, task_id: `t${index}` });
    const store = storeWith([namespace('ci'), ...unusedIdentities(60, task)]);
    const { facts } = finding(submit(store, pod('ci/x', task(999))), 'label-churn');
    assert.deepEqual(facts['labels'], ['run_id', 'task_id']);
  });

  test('a key that only the old identities have counts with one that is new', () => {
    const store = storeWith([
      namespace('ci'),
      ...unusedIdentities(60, (index) => ({ app: 'job', [`run-${index}`]: '' })),
    ]);
    const { facts } = finding(submit(store, pod('ci/x', { app: 'job', 'run-new': '' })), 'label-churn');
    assert.ok((facts['labels'] as readonly string[]).includes('run-new'));
  });

  test('a policy of the namespace that selects the label is named in the fix', () => {
    const store = churnyStore(
      policy('ci/by-build', { endpointSelector: { matchLabels: { 'build-id': 'b1' } }, ingress: [{}] }),
    );
    const { fix } = finding(submit(store, deployment('ci/runner', CHANGING)), 'label-churn');
    assert.match(fix?.text ?? '', /CiliumNetworkPolicy\/ci\/by-build/);
  });

  test('a policy of another namespace that selects the label is not named, and there is no patch', () => {
    const store = churnyStore(
      namespace('other'),
      policy('other/secret', {
        endpointSelector: {},
        ingress: [{ fromEndpoints: [{ matchLabels: { 'k8s:io.kubernetes.pod.namespace': 'ci', 'build-id': 'b1' } }] }],
      }),
    );
    const { fix } = finding(submit(store, deployment('ci/runner', CHANGING)), 'label-churn');
    assert.equal(fix?.kind, 'words');
    assert.doesNotMatch(fix.text, /secret|other/);
  });
});

describe('no violation', () => {
  test('an identity that exists is nothing to say', () => {
    assert.deepEqual(submit(churnyStore(), deployment('ci/runner', buildIds(7))).findings, []);
  });

  test('one unused identity less than the limit', () => {
    const store = storeWith(churnyObjects(49));
    assert.deepEqual(submit(store, deployment('ci/runner', CHANGING)).findings, []);
  });

  test('fewer unused identities than three times those in use', () => {
    const busy = Array.from({ length: 21 }, (_, index) => pod(`ci/busy-${index}`, { app: `busy-${index}` }));
    assert.deepEqual(submit(churnyStore(...busy), deployment('ci/runner', CHANGING)).findings, []);
  });

  test('duplicates of one unused identity count once', () => {
    const duplicates = Array.from({ length: 60 }, (_, index) => identityIn('ci', 1000 + index, buildIds(index % 30)));
    const store = storeWith([namespace('ci'), ...duplicates]);
    assert.deepEqual(submit(store, deployment('ci/runner', CHANGING)).findings, []);
  });

  test('unused identities that differ in more than pod labels are not merged by leaving pod labels out', () => {
    const accounts = Array.from({ length: 60 }, (_, index) =>
      identityIn('ci', 1000 + index, buildIds(index), `account-${index}`),
    );
    const store = storeWith([namespace('ci'), ...accounts]);
    assert.deepEqual(submit(store, deployment('ci/runner', CHANGING)).findings, []);
  });

  test('a template without the label to blame, while the old identities wait for collection', () => {
    assert.deepEqual(submit(churnyStore(), deployment('ci/runner', { app: 'job' })).findings, []);
  });

  test('an update that takes a label away and sets none', () => {
    const before = pod('ci/a', { app: 'job', 'build-id': 'running' });
    const decision = submit(churnyStore(), pod('ci/a', { 'build-id': 'running' }), { before });
    assert.deepEqual(findings(decision, 'label-churn'), []);
  });

  test('an update of a workload that leaves its identity as it was', () => {
    const before = deployment('ci/runner', { ...CHANGING, 'pod-template-hash': 'a' });
    const after = deployment('ci/runner', { ...CHANGING, 'pod-template-hash': 'b' });
    assert.deepEqual(submit(churnyStore(before), after, { before }).findings, []);
  });

  test('a pod on the network of its node', () => {
    const decision = submit(churnyStore(), pod('ci/x', CHANGING, { spec: { hostNetwork: true } }));
    assert.deepEqual(decision.findings, []);
  });
});

describe('advice', () => {
  test('a pod whose stored owner has the same labels was judged there', () => {
    const store = churnyStore(replicaSet('ci/runner-1', CHANGING));
    const owned = pod(
      'ci/x',
      { ...CHANGING, 'pod-template-hash': '1' },
      {
        metadata: { ownerReferences: [ownerRef('ReplicaSet', 'ci/runner-1')] },
      },
    );
    const decision = submit(store, owned);
    assert.equal(decision.verdict, 'allow');
    assert.equal(finding(decision, 'label-churn').severity, 'advice');
  });

  for (const [name, uid, labels] of [
    ['another uid', 'uid-other', CHANGING],
    ['other labels', 'uid-ci/runner-1', { app: 'job', 'build-id': 'older' }],
  ] as const) {
    test(`an owner with ${name} has not judged the pod`, () => {
      const store = churnyStore(replicaSet('ci/runner-1', labels));
      const owned = pod('ci/x', CHANGING, {
        metadata: { ownerReferences: [ownerRef('ReplicaSet', 'ci/runner-1', uid)] },
      });
      assert.equal(submit(store, owned).verdict, 'deny');
    });
  }

  test('a replica set of a stored deployment goes through', () => {
    const store = churnyStore(deployment('ci/runner', CHANGING));
    assert.equal(submit(store, replicaSet('ci/runner-1', CHANGING, 'ci/runner')).verdict, 'allow');
  });

  test('a roll-back to a stored revision goes through', () => {
    const before = deployment('ci/runner', { app: 'job', 'build-id': 'running' });
    const store = churnyStore(before, replicaSet('ci/runner-1', CHANGING, 'ci/runner'));
    const decision = submit(store, deployment('ci/runner', CHANGING), { before });
    assert.equal(decision.verdict, 'allow');
    assert.equal(finding(decision, 'label-churn').severity, 'advice');
  });

  test('labels that only the job controller adds are not held against the author', () => {
    const names = (index: number) => ({
      app: 'job',
      'job-name': `j${index}`,
      'batch.kubernetes.io/job-name': `j${index}`,
    });
    const store = storeWith([namespace('ci'), ...unusedIdentities(60, names)]);
    const decision = submit(store, job('ci/nightly', { app: 'job' }));
    const { severity, fix, facts } = finding(decision, 'label-churn');
    assert.equal(severity, 'advice');
    assert.deepEqual(facts['labels'], ['batch.kubernetes.io/job-name', 'job-name']);
    assert.equal(fix?.kind, 'words');
  });
});

test('the order in which objects arrive changes no finding', () => {
  const raw = deployment('ci/runner', CHANGING);
  const forward = submit(storeWith(churnyObjects()), raw);
  const backward = submit(storeWith([...churnyObjects()].reverse()), raw);
  assert.deepEqual(forward.findings, backward.findings);
});
