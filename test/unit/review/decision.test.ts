import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ClusterStore } from '../../../src/cluster/store.ts';
import { denialText } from '../../../src/review/denial-text.ts';
import type { Decision } from '../../../src/review/results.ts';
import { churnyObjects, churnyStore, deployment } from '../../support/churn.ts';
import { clusterwidePolicy, decoded, namespace, pod, policy, storeWith } from '../../support/objects.ts';
import { findings, settingsWith, submit, submitChange, type SubmitOptions } from '../../support/review.ts';

const churning = deployment('ci/job-runner', { app: 'job', 'build-id': 'new' });

function decide(options: SubmitOptions): Decision {
  return submit(churnyStore(), churning, options);
}

describe('a violation', () => {
  test('denies under enforce', () => {
    const { verdict, findings: found, warnings } = decide({ settings: settingsWith('enforce') });
    assert.deepEqual([verdict, found[0]?.denies, warnings], ['deny', true, []]);
  });

  test('is a warning under warn', () => {
    const { verdict, findings: found, warnings } = decide({ settings: settingsWith('warn') });
    assert.deepEqual([verdict, found[0]?.denies, warnings.length], ['allow', false, 1]);
    assert.match(warnings[0] ?? '', /^\[identity-churn\/label-churn\] job-runner would be one more/);
  });

  test('is recorded under audit, with its fix', () => {
    const { verdict, findings: found, warnings } = decide({ settings: settingsWith('audit') });
    assert.deepEqual([verdict, found.length, found[0]?.mode, warnings], ['allow', 1, 'audit', []]);
    assert.equal(found[0]?.fix?.kind, 'patch');
  });

  test('is not looked for where the check is off', () => {
    assert.deepEqual(decide({ settings: settingsWith('off') }).findings, []);
  });

  test('is no warning to a component of the system', () => {
    const options = {
      settings: settingsWith('warn'),
      username: 'system:serviceaccount:kube-system:replicaset-controller',
    };
    assert.deepEqual(decide(options).warnings, []);
  });

  test('does not deny while the version of Cilium is not known, and that is said', () => {
    const store = new ClusterStore();
    for (const raw of churnyObjects()) store.apply({ type: 'upsert', object: decoded(raw) });
    const { verdict, findings: found, unknowns } = submit(store, churning);
    assert.deepEqual([verdict, found[0]?.certainty], ['allow', 'unknown']);
    assert.match(unknowns[0]?.reason ?? '', /version of Cilium is not known/);
  });
});

describe('advice', () => {
  const before = pod('ci/a', { app: 'job', 'build-id': 'running' });
  const relabelled = pod('ci/a', { app: 'job', 'build-id': 'running', debug: 'x' });

  test('is recorded, and no warning', () => {
    const decision = submit(churnyStore(), relabelled, { before, settings: settingsWith('enforce') });
    assert.deepEqual([findings(decision, 'relabel-pod').length, decision.warnings], [1, []]);
  });

  test('is a warning where the settings say so', () => {
    const settings = settingsWith('enforce', { adviceAsWarning: new Set(['identity-churn']) });
    const decision = submit(churnyStore(), relabelled, { before, settings });
    assert.match(decision.warnings.join(), /relabel-pod/);
  });
});

describe('never denied', () => {
  const reserved = { app: 'web', init: 'x' };
  const denyAll = clusterwidePolicy('deny', { endpointSelector: {}, ingressDeny: [{ fromEntities: ['all'] }] });
  const deadPolicy = (path: string, rest = {}) =>
    policy(path, { endpointSelector: {}, ingress: [{ fromEndpoints: [{}] }], ...rest });

  function model(...names: readonly string[]) {
    return storeWith([...names.map((name) => namespace(name)), denyAll]);
  }

  test('a deletion', () => {
    const store = model('a');
    const [object] = [...store.view().policies()];
    const before = store.view().policyObject(object?.object ?? { kind: 'Pod', name: '' });
    assert.ok(before !== undefined);
    assert.deepEqual(submitChange(store, { op: 'delete', before }).findings, []);
  });

  test('an object that is being deleted', () => {
    const before = pod('a/p', { app: 'web' }, { metadata: { deletionTimestamp: '2026-11-22T10:00:00Z' } });
    assert.deepEqual(submit(model('a'), pod('a/p', reserved), { before }).findings, []);
  });

  test('an update that leaves what Cilium reads as it was', () => {
    const annotated = pod('a/p', reserved, { metadata: { annotations: { note: 'x' } } });
    assert.deepEqual(submit(model('a'), annotated, { before: pod('a/p', reserved) }).findings, []);
  });

  const mirror = pod('a/p', reserved, { metadata: { annotations: { 'kubernetes.io/config.mirror': 'x' } } });

  test('a mirror pod that a kubelet makes, which is recorded', () => {
    const decision = submit(model('a'), mirror, { username: 'system:node:n1' });
    assert.deepEqual([decision.verdict, findings(decision, 'reserved-labels').length], ['allow', 1]);
  });

  test('but a pod that anybody else calls a mirror pod is judged', () => {
    for (const username of ['alice', 'system:serviceaccount:a:system:node:n1', 'system:node']) {
      assert.equal(submit(model('a'), mirror, { username }).verdict, 'deny');
    }
  });

  for (const name of ['kube-system', 'cilium-secrets']) {
    test(`anything in ${name}`, () => {
      assert.deepEqual(submit(model(name), pod(`${name}/p`, reserved)).findings, []);
      assert.deepEqual(submit(model(name), deadPolicy(`${name}/web`)).findings, []);
    });
  }

  test('a namespace whose name only starts like a system one is judged', () => {
    assert.equal(submit(model('kubernetes-lab'), pod('kubernetes-lab/p', reserved)).verdict, 'deny');
  });
});

describe('the text of a denial', () => {
  test('is one line what and why, one line the fix, and where to read on', () => {
    const decision = decide({});
    const text = denialText(decision.findings, { docsUrl: 'docs', decisionId: '7f3k2q' });
    assert.equal(
      text,
      [
        '[identity-churn/label-churn] job-runner would be one more Cilium identity of namespace ci: 60 unused ones and 1 in use differ only in label "build-id".',
        '  fix: move "build-id" to an annotation; all such pods would share one identity.',
        '  see docs/checks/identity-churn.md#label-churn (decision 7f3k2q)',
      ].join('\n'),
    );
  });

  test('of many findings shows ten and says how many more there are', () => {
    const labels = Object.fromEntries(Array.from({ length: 14 }, (_, index) => [`io.cilium.k8s.x${index}`, 'x']));
    const decision = submit(storeWith([namespace('a')]), pod('a/p', labels));
    const text = denialText(decision.findings, { docsUrl: 'docs', decisionId: '1' });
    assert.match(text, /^and 4 more findings$/m);
    assert.equal(decision.findings.length, 14);
    const eleven = denialText(decision.findings.slice(0, 11), { docsUrl: 'docs', decisionId: '1' });
    assert.match(eleven, /^and 1 more finding$/m);
  });
});

test('the tenant of a change is that of its namespace, and of a clusterwide object the cluster', () => {
  const store = storeWith([namespace('a')]);
  const clusterwide = clusterwidePolicy('p', { endpointSelector: {}, ingress: [{}] });
  assert.equal(submit(store, pod('a/p')).tenant, 'namespace/a');
  assert.equal(submit(store, clusterwide).tenant, 'cluster');
});
