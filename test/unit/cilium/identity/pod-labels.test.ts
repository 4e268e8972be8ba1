import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { labelArray } from '../../../../src/cilium/identity/label.ts';
import { plainLabels, podLabels, type CandidateLabels } from '../../../../src/cilium/identity/pod-labels.ts';
import { profileFor } from '../../../support/profile.ts';

interface Written {
  readonly labels?: Readonly<Record<string, string>>;
  readonly namespaceLabels?: Readonly<Record<string, string>>;
  readonly serviceAccountName?: string;
  readonly networkPolicyEnabled?: boolean;
  readonly version?: string;
}

function candidates(written: Written): CandidateLabels {
  return podLabels(...questionOf(written));
}

function questionOf(written: Written): Parameters<typeof podLabels> {
  const { labels = {}, namespaceLabels = {}, serviceAccountName = '', networkPolicyEnabled = true } = written;
  return [
    { labels: new Map(Object.entries(labels)), serviceAccountName },
    { name: 'shop', labels: new Map(Object.entries(namespaceLabels)) },
    { profile: profileFor(written.version ?? '1.20.2'), config: { clusterName: 'prod', networkPolicyEnabled } },
  ];
}

function byKey(written: Written): Readonly<Record<string, string>> {
  return Object.fromEntries([...candidates(written).labels].map(([key, label]) => [key, label.value]));
}

const NAMESPACE_AND_CLUSTER = { 'io.kubernetes.pod.namespace': 'shop', 'io.cilium.k8s.policy.cluster': 'prod' };

test('a pod without labels has its namespace and the cluster', () => {
  assert.deepEqual(byKey({}), NAMESPACE_AND_CLUSTER);
});

test('labels of the namespace come under a prefix', () => {
  assert.deepEqual(byKey({ namespaceLabels: { team: 'a' } }), {
    ...NAMESPACE_AND_CLUSTER,
    'io.cilium.k8s.namespace.labels.team': 'a',
  });
});

test('without any policy machinery the labels of the namespace stay out', () => {
  assert.deepEqual(byKey({ namespaceLabels: { team: 'a' }, networkPolicyEnabled: false }), NAMESPACE_AND_CLUSTER);
});

test('the service account is a label unless it is empty', () => {
  assert.deepEqual(byKey({ serviceAccountName: 'web' }), {
    ...NAMESPACE_AND_CLUSTER,
    'io.cilium.k8s.policy.serviceaccount': 'web',
  });
});

test('a pod cannot bring what Cilium sets', () => {
  const labels = {
    'io.cilium.k8s.policy.cluster': 'evil',
    'io.cilium.k8s.policy.serviceaccount': 'root',
    'io.cilium.k8s.namespace.labels.team': 'evil',
    'io.cilium.k8s.named-ports': 'http.TCP.80',
    'io.cilium.k8s': 'x',
    'io.cilium.k8sX': 'x',
    'io.kubernetes.pod.namespace': 'kube-system',
  };
  assert.deepEqual(byKey({ labels }), NAMESPACE_AND_CLUSTER);
});

test('other keys of Cilium stay', () => {
  assert.equal(byKey({ labels: { 'io.cilium/app': 'operator' } })['io.cilium/app'], 'operator');
});

test('every label has the source k8s', () => {
  const { labels } = candidates({ labels: { app: 'web' }, namespaceLabels: { team: 'a' }, serviceAccountName: 'web' });
  assert.ok([...labels.values()].every((label) => label.source === 'k8s'));
  assert.ok([...labels].every(([key, label]) => label.key === key));
});

test('until 1.19 a leading reserved. is cut off a key, once', () => {
  const labels = { 'reserved.reserved.app': 'x' };
  assert.equal(byKey({ labels, version: '1.19.5' })['reserved.app'], 'x');
  assert.equal(byKey({ labels, version: '1.20.2' })['reserved.reserved.app'], 'x');
});

test('until 1.19 a cut key can bring what Cilium sets where Cilium sets nothing', () => {
  const labels = { 'reserved.io.cilium.k8s.policy.serviceaccount': 'root' };
  assert.equal(byKey({ labels, version: '1.19.5' })['io.cilium.k8s.policy.serviceaccount'], 'root');
});

test('a cut key that meets another value is undecided', () => {
  const labels = { 'reserved.app': 'a', app: 'b', 'reserved.io.cilium.k8s.policy.cluster': 'evil' };
  const { undecided } = candidates({ labels, version: '1.19.5' });
  assert.deepEqual([...undecided].sort(), ['app', 'io.cilium.k8s.policy.cluster']);
  assert.deepEqual(candidates({ labels, version: '1.20.2' }).undecided, []);
});

test('a cut key that meets the same value is decided', () => {
  assert.deepEqual(candidates({ labels: { 'reserved.app': 'a', app: 'a' }, version: '1.19.5' }).undecided, []);
});

test('a key that Kubernetes would refuse loses its source in every version', () => {
  assert.deepEqual(byKey({ labels: { 'any:app': '1', $team: '2' } }), {
    ...NAMESPACE_AND_CLUSTER,
    app: '1',
    team: '2',
  });
});

test('keys such as __proto__ are data', () => {
  const { labels } = candidates({
    labels: JSON.parse('{"__proto__":"x","constructor":"y"}') as Record<string, string>,
  });
  assert.equal(labels.get('__proto__')?.value, 'x');
  assert.equal(labels.get('constructor')?.value, 'y');
});

test('where labels cannot meet they are told at once, and are the same', () => {
  const key = fc.constantFrom(
    'app',
    'x:app',
    '$app',
    'reserved.app',
    'io.cilium/app',
    'io.cilium.k8s.policy.cluster',
    'io.kubernetes.pod.namespace',
  );
  const labels = fc.dictionary(key, fc.constantFrom('a', 'b'), { maxKeys: 3 });
  const written = fc.record({
    labels,
    namespaceLabels: labels,
    serviceAccountName: fc.constantFrom('', 'web'),
    networkPolicyEnabled: fc.boolean(),
    version: fc.constantFrom('1.19.7', '1.20.2'),
  });
  let plain = 0;
  fc.assert(
    fc.property(written, (one) => {
      const told = plainLabels(...questionOf(one));
      if (told === undefined) return;
      plain += 1;
      const { labels: all, undecided } = candidates(one);
      assert.deepEqual(undecided, []);
      assert.equal(told.length, all.size);
      assert.deepEqual(labelArray(told), labelArray([...all.values()]));
    }),
    { seed: 11, numRuns: 1000 },
  );
  assert.ok(plain > 100, `${plain} of them`);
});
