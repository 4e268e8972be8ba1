import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { runToEnd } from '../../../src/cilium/run-to-end.ts';
import { audit } from '../../../src/review/audit.ts';
import { deployment, ownerRef, replicaSet, workload } from '../../support/churn.ts';
import { ciliumConfig, namespace, pod, storeWith, type Json } from '../../support/objects.ts';
import { ENFORCE, finding, findings, submit, submissionOf } from '../../support/review.ts';

const cases = [
  { label: 'io.cilium.k8s.policy.cluster', version: '1.20.2', severity: 'violation', reason: 'cilium-owned' },
  { label: 'io.cilium.k8sX', version: '1.20.2', severity: 'violation', reason: 'cilium-owned' },
  { label: 'io.kubernetes.pod.namespace', version: '1.18.8', severity: 'violation', reason: 'cilium-owned' },
  { label: 'remote-node', version: '1.20.2', severity: 'violation', reason: 'no-identity' },
  { label: 'init', version: '1.20.2', severity: 'violation', reason: 'default-deny' },
  { label: 'host', version: '1.20.1', severity: 'violation', reason: 'policy-off' },
  { label: 'host', version: '1.20.2', severity: 'advice', reason: 'reserved-name' },
  { label: 'reserved.app', version: '1.19.7', severity: 'violation', reason: 'source-prefix' },
  { label: 'world', version: '1.20.2', severity: 'advice', reason: 'reserved-name' },
  { label: 'cluster', version: '1.20.2', severity: 'advice', reason: 'reserved-name' },
] as const;

describe('a pod label', () => {
  for (const { label, version, severity, reason } of cases) {
    test(`"${label}" is ${severity} in ${version}: ${reason}`, () => {
      const decision = submit(storeWith([namespace('a')], version), pod('a/p', { app: 'web', [label]: 'x' }));
      const found = finding(decision, 'reserved-labels');
      assert.deepEqual([found.severity, found.facts], [severity, { reason, label }]);
      assert.equal(decision.verdict, severity === 'violation' ? 'deny' : 'allow');
    });
  }

  test('"reserved.app" is an ordinary key in 1.20', () => {
    assert.deepEqual(submit(storeWith([namespace('a')]), pod('a/p', { 'reserved.app': 'x' })).findings, []);
  });

  test('that was there before is advice', () => {
    const before = pod('a/p', { init: 'x' });
    const decision = submit(storeWith([namespace('a'), before]), pod('a/p', { init: 'y', app: 'web' }), { before });
    assert.equal(decision.verdict, 'allow');
    assert.equal(finding(decision, 'reserved-labels').severity, 'advice');
  });

  test('that the label filter drops changes nothing', () => {
    const store = storeWith([ciliumConfig({ labels: '!init' }), namespace('a')]);
    assert.equal(finding(submit(store, pod('a/p', { init: 'x' })), 'reserved-labels').severity, 'advice');
  });

  test('of a pod on the network of its node is nothing to say', () => {
    const raw = pod('a/p', { init: 'x' }, { spec: { hostNetwork: true } });
    assert.deepEqual(findings(submit(storeWith([namespace('a')]), raw), 'reserved-labels'), []);
  });
});

test('the fix of a template with several such labels leads to one that is admitted', () => {
  const store = storeWith([namespace('a')]);
  const raw = deployment('a/web', { app: 'web', init: 'x', 'remote-node': '' });
  const { fix, field } = findings(submit(store, raw), 'reserved-labels')[0] ?? {};
  assert.equal(field, 'spec.template.metadata.labels');
  assert.ok(fix?.kind === 'patch');
  const revised = submissionOf(raw).revise(fix.patch);
  assert.ok(revised.ok);
  assert.equal(revised.value.change.op, 'create');
  assert.deepEqual(fix.patch.map(({ path }) => path).sort(), [
    '/spec/template/metadata/labels/init',
    '/spec/template/metadata/labels/remote-node',
  ]);
});

test('a label that spec.selector requires is not taken out of the template alone', () => {
  const labels = { app: 'web', init: 'x' };
  const raw = deployment('a/web', labels);
  const selecting = { ...raw, spec: { ...(raw['spec'] as Json), selector: { matchLabels: labels } } };
  assert.deepEqual(finding(submit(storeWith([namespace('a')]), selecting), 'reserved-labels').fix, {
    kind: 'words',
    text: 'spec.selector requires "init" and cannot be changed: make a Deployment whose selector and template leave "init" out',
  });
});

describe('a pod of a stored owner', () => {
  const template = { app: 'web', init: 'x', 'remote-node': '' };
  const mesh = { 'pod-template-hash': '1', 'security.istio.io/tlsMode': 'istio' };
  const owned = (labels: Readonly<Record<string, string>>, kind = 'ReplicaSet', rest = {}) =>
    pod('a/web-1', labels, { metadata: { ownerReferences: [ownerRef(kind, 'a/web')] }, ...rest });
  const severities = (...args: Parameters<typeof submit>) =>
    findings(submit(...args), 'reserved-labels').map(({ facts, severity }) => [facts['label'], severity]);

  test('was judged there, whatever a webhook adds to it', () => {
    const store = storeWith([namespace('a'), replicaSet('a/web', template)]);
    const decision = submit(store, owned({ ...template, ...mesh }));
    assert.equal(decision.verdict, 'allow');
    assert.deepEqual(severities(store, owned({ ...template, ...mesh })), [
      ['init', 'advice'],
      ['remote-node', 'advice'],
    ]);
  });

  test('is judged for a label that its template does not have', () => {
    const store = storeWith([namespace('a'), replicaSet('a/web', { app: 'web', init: 'x' })]);
    assert.deepEqual(severities(store, owned(template)), [
      ['remote-node', 'violation'],
      ['init', 'advice'],
    ]);
  });

  test('is judged where its template is for the network of the node', () => {
    const template = { metadata: { labels: { init: 'x' } }, spec: { hostNetwork: true, containers: [] } };
    const owner = { ...replicaSet('a/web', {}), spec: { selector: {}, template } };
    assert.deepEqual(severities(storeWith([namespace('a'), owner]), owned({ init: 'x' })), [['init', 'violation']]);
  });

  test('is judged where the owner has another uid', () => {
    const owner = { ...replicaSet('a/web', template), metadata: { namespace: 'a', name: 'web', uid: 'other' } };
    assert.deepEqual(severities(storeWith([namespace('a'), owner]), owned({ init: 'x' })), [['init', 'violation']]);
  });

  test('goes through where its controller makes it from an older revision', () => {
    const store = storeWith([namespace('a'), workload('StatefulSet', 'a/web', { app: 'web' })]);
    const username = 'system:serviceaccount:kube-system:statefulset-controller';
    const older = owned({ app: 'web', init: 'x' }, 'StatefulSet');
    assert.deepEqual(severities(store, older, { username }), [['init', 'advice']]);
    assert.deepEqual(severities(store, older), [['init', 'violation']]);
  });
});

test('a deployment may go back to a stored revision with such a label', () => {
  const before = deployment('a/web', { app: 'web' });
  const back = deployment('a/web', { app: 'web', 'remote-node': 'x' });
  const revision = replicaSet('a/web-1', { app: 'web', 'remote-node': 'x' }, 'a/web');
  const severity = (...stored: Parameters<typeof storeWith>[0]) =>
    finding(submit(storeWith([namespace('a'), before, ...stored]), back, { before }), 'reserved-labels').severity;
  assert.equal(severity(revision), 'advice');
  assert.equal(severity(), 'violation');
});

test('an audit tells of a label once, at the outermost owner, and of what pods have more', () => {
  const labels = { app: 'web', init: 'x' };
  const store = storeWith(
    [
      namespace('a'),
      deployment('a/web', labels),
      replicaSet('a/web-1', labels, 'a/web'),
      pod(
        'a/web-1-x',
        { ...labels, host: '', mesh: 'on' },
        { metadata: { ownerReferences: [ownerRef('ReplicaSet', 'a/web-1')] } },
      ),
    ],
    '1.19.7',
  );
  const found = runToEnd(audit(store.view(), ENFORCE)).findings.filter(({ id }) => id === 'reserved-labels');
  assert.deepEqual(
    found.map(({ subject, facts, severity }) => [`${subject.kind}/${subject.name}`, facts['label'], severity]),
    [
      ['Deployment/web', 'init', 'violation'],
      ['Pod/web-1-x', 'host', 'violation'],
    ],
  );
});
