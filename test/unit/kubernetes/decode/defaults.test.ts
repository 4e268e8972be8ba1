import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeObject } from '../../../../src/kubernetes/decode/decode-object.ts';
import { withServerDefaults, type ServerDefaults } from '../../../../src/kubernetes/decode/defaults.ts';
import { KINDS } from '../../../../src/kubernetes/decode/kinds.ts';
import type { Kind } from '../../../../src/cilium/objects.ts';

function filledIn(kind: Kind, value: unknown, defaults: ServerDefaults = {}): unknown {
  const entry = KINDS.find((candidate) => candidate.kind === kind);
  assert.ok(entry !== undefined);
  return withServerDefaults(value, entry, defaults);
}

const ports = [{ containerPort: 80 }, { containerPort: 53, protocol: 'UDP' }];
const portsWithProtocol = [
  { containerPort: 80, protocol: 'TCP' },
  { containerPort: 53, protocol: 'UDP' },
];

test('a Pod gets a namespace, a service account and protocols', () => {
  assert.deepEqual(filledIn('Pod', { metadata: { name: 'p' }, spec: { containers: [{ ports }, {}] } }), {
    metadata: { name: 'p', namespace: 'default' },
    spec: { containers: [{ ports: portsWithProtocol }, {}], serviceAccountName: 'default' },
  });
});

test('what is written stays', () => {
  const pod = { metadata: { name: 'p', namespace: 'a' }, spec: { serviceAccountName: 'runner' } };
  assert.deepEqual(filledIn('Pod', pod, { namespace: 'b' }), pod);
});

test('the namespace of the command line is taken where none is written', () => {
  assert.deepEqual(filledIn('ConfigMap', { metadata: { name: 'c' } }, { namespace: 'b' }), {
    metadata: { name: 'c', namespace: 'b' },
  });
});

test('a cluster-scoped object gets no namespace', () => {
  const metadata = { name: 'x' };
  assert.deepEqual(filledIn('CiliumClusterwideNetworkPolicy', { metadata }), { metadata });
});

test('a mirror pod has no service account', () => {
  const metadata = { name: 'p', namespace: 'a', annotations: { 'kubernetes.io/config.mirror': 'x' } };
  assert.deepEqual(filledIn('Pod', { metadata, spec: {} }), { metadata, spec: {} });
});

test('names made for generateName differ by their serial number and follow the alphabet of Kubernetes', () => {
  const generate = (serial: number): unknown =>
    filledIn('ConfigMap', { metadata: { generateName: 'run-', namespace: 'a' } }, { serial });
  assert.deepEqual(generate(0), { metadata: { generateName: 'run-', namespace: 'a', name: 'run-bbbbb' } });
  assert.deepEqual(generate(28), { metadata: { generateName: 'run-', namespace: 'a', name: 'run-bbbcc' } });
});

test('a Namespace carries its own name as a label, whatever is written', () => {
  assert.deepEqual(filledIn('Namespace', { metadata: { name: 'a' } }), {
    metadata: { name: 'a', labels: { 'kubernetes.io/metadata.name': 'a' } },
  });
  assert.deepEqual(
    filledIn('Namespace', { metadata: { name: 'a', labels: { x: 'y', 'kubernetes.io/metadata.name': 'b' } } }),
    { metadata: { name: 'a', labels: { x: 'y', 'kubernetes.io/metadata.name': 'a' } } },
  );
});

test('a template gets protocols and no service account', () => {
  const metadata = { name: 'w', namespace: 'a' };
  const template = { spec: { containers: [{ ports }] } };
  const filled = { spec: { containers: [{ ports: portsWithProtocol }] } };
  for (const kind of ['Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet', 'Job'] as const) {
    assert.deepEqual(filledIn(kind, { metadata, spec: { template } }), { metadata, spec: { template: filled } });
  }
  assert.deepEqual(filledIn('CronJob', { metadata, spec: { jobTemplate: { spec: { template } } } }), {
    metadata,
    spec: { jobTemplate: { spec: { template: filled } } },
  });
});

test('a NetworkPolicy gets policy types by its rules, and protocols', () => {
  const metadata = { name: 'p', namespace: 'a' };
  const policyTypes = (spec: object): unknown => {
    const decoded = decodeObject(
      { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata, spec },
      { offline: true },
    );
    assert.ok(decoded.ok && decoded.value.kind === 'NetworkPolicy');
    return decoded.value.spec.policyTypes;
  };
  assert.deepEqual(policyTypes({}), ['Ingress']);
  assert.deepEqual(policyTypes({ egress: [] }), ['Ingress']);
  assert.deepEqual(policyTypes({ policyTypes: [] }), ['Ingress']);
  assert.deepEqual(policyTypes({ egress: [{}] }), ['Ingress', 'Egress']);
  assert.deepEqual(policyTypes({ egress: [{}], policyTypes: ['Egress'] }), ['Egress']);
  assert.deepEqual(filledIn('NetworkPolicy', { metadata, spec: { ingress: [{ ports: [{ port: 80 }] }] } }), {
    metadata,
    spec: { ingress: [{ ports: [{ port: 80, protocol: 'TCP' }] }], policyTypes: ['Ingress'] },
  });
});

test('the webhook decodes what it gets, without defaults', () => {
  const decoded = decodeObject({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: {} });
  assert.ok(decoded.ok && decoded.value.kind === 'Pod');
  assert.equal(decoded.value.namespace, '');
  assert.equal(decoded.value.serviceAccountName, '');
});

test('a value of a wrong shape is left for the decoder to complain about', () => {
  for (const value of [null, 7, { metadata: [], spec: 'x' }, { metadata: { name: 'p' }, spec: { containers: 3 } }]) {
    for (const kind of ['Pod', 'NetworkPolicy', 'CronJob', 'Namespace'] as const) {
      assert.doesNotThrow(() => filledIn(kind, value));
    }
  }
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' } };
  const decoded = decodeObject(pod, { offline: true });
  assert.equal(decoded.ok ? '' : decoded.error.path, 'spec');
});

test('the given object is not changed', () => {
  const pod = { metadata: { name: 'p' }, spec: { containers: [{ ports: [{ containerPort: 80 }] }] } };
  const before = structuredClone(pod);
  filledIn('Pod', pod);
  assert.deepEqual(pod, before);
});
