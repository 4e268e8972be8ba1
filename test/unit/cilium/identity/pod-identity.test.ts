import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readAgentConfig } from '../../../../src/cilium/agent-config.ts';
import { parseLabelFilter } from '../../../../src/cilium/identity/label-filter.ts';
import { canonicalKey, formatLabel, type LabelArray } from '../../../../src/cilium/identity/label.ts';
import {
  operatorLabels,
  informationLabels,
  podIdentity,
  type PodIdentity,
} from '../../../../src/cilium/identity/pod-identity.ts';
import { profileFor } from '../../../support/profile.ts';

interface Written {
  readonly labels?: Readonly<Record<string, string>>;
  readonly namespace?: string;
  readonly serviceAccountName?: string;
  readonly portName?: string;
  readonly config?: Readonly<Record<string, string>>;
  readonly version?: string;
}

function identity(written: Written): PodIdentity & { readonly info: LabelArray } {
  const { labels = {}, namespace = 'shop', serviceAccountName = '', portName, config: data = {} } = written;
  const profile = profileFor(written.version ?? '1.20.2');
  const { config } = readAgentConfig(new Map(Object.entries(data)), { profile, namespace: 'kube-system' });
  const filter = parseLabelFilter({ profile, labels: config.labels ?? '' });
  assert.ok(filter.ok);
  const ports = portName === undefined ? [] : [{ name: portName, port: 80, protocol: 'TCP' }];
  const question = [
    { labels: new Map(Object.entries(labels)), serviceAccountName, hostNetwork: false, ports },
    { name: namespace, labels: new Map([['kubernetes.io/metadata.name', namespace]]) },
    { profile, config, filter: filter.value },
  ] as const;
  return { ...podIdentity(...question), info: informationLabels(...question) };
}

test('a pod has a global identity of what the filter keeps; the rest is information', () => {
  const { kind, labels, info, key } = identity({ labels: { app: 'web', 'pod-template-hash': 'x' } });
  assert.equal(kind, 'global');
  assert.deepEqual(info.map(formatLabel), ['k8s:pod-template-hash=x']);
  assert.equal(key, canonicalKey(labels));
  assert.equal(
    key,
    'k8s:app=web;k8s:io.cilium.k8s.namespace.labels.kubernetes.io/metadata.name=shop;' +
      'k8s:io.cilium.k8s.policy.cluster=default;k8s:io.kubernetes.pod.namespace=shop;',
  );
});

const CORE_DNS = { labels: { 'k8s-app': 'kube-dns' }, namespace: 'kube-system', serviceAccountName: 'coredns' };

test('CoreDNS is well-known by default, and not where the chart switches that off', () => {
  const known = identity(CORE_DNS);
  assert.deepEqual(known.kind === 'reserved' && [known.id, known.reason], [112, 'well-known']);
  assert.equal(identity({ ...CORE_DNS, config: { 'enable-well-known-identities': 'false' } }).kind, 'global');
});

test('a named port defeats a well-known identity, since 1.20', () => {
  assert.equal(identity({ ...CORE_DNS, portName: 'dns', version: '1.19.5' }).kind, 'reserved');
  assert.equal(identity({ ...CORE_DNS, portName: 'dns', version: '1.20.2' }).kind, 'global');
});

const DB = { labels: { 'io.cilium.fixed-identity': 'db', app: 'web' } };

test('a mapped fixed identity is that number, an unmapped one an ordinary identity', () => {
  const fixed = identity({ ...DB, config: { 'fixed-identity-mapping': '128=web,129=db' } });
  assert.deepEqual(fixed.kind === 'reserved' && [fixed.id, fixed.reason], [129, 'fixed']);
  assert.equal(identity({ ...DB, config: { 'fixed-identity-mapping': '128=web' } }).kind, 'global');
});

test('a name of a reserved identity is no fixed identity', () => {
  assert.equal(identity({ labels: { 'io.cilium.fixed-identity': 'host' } }).kind, 'global');
});

test('an empty name in the mapping takes no pod without the label', () => {
  assert.equal(identity({ labels: { app: 'web' }, config: { 'fixed-identity-mapping': '128=' } }).kind, 'global');
});

test('include mode drops the fixed identity label', () => {
  const config = { 'fixed-identity-mapping': '129=db', labels: 'foo' };
  assert.equal(identity({ ...DB, config }).kind, 'global');
});

test('a fixed identity comes before the node-local scope', () => {
  const labels = { ...DB.labels, 'remote-node': '' };
  assert.equal(identity({ labels, config: { 'fixed-identity-mapping': '129=db' } }).kind, 'reserved');
});

test('the pod label remote-node makes the identity node-local, other reserved names do not', () => {
  assert.equal(identity({ labels: { 'remote-node': 'x' } }).kind, 'node-local');
  assert.equal(identity({ labels: { 'reserved.remote-node': '' }, version: '1.19.5' }).kind, 'node-local');
  for (const name of ['host', 'world', 'init', 'ingress', 'health', 'kube-apiserver', 'reserved.remote-node']) {
    assert.equal(identity({ labels: { [name]: '' } }).kind, 'global', name);
  }
});

test('a label that Cilium leaves to chance makes the identity undecided, if the filter keeps it', () => {
  const undecided = identity({ labels: { 'reserved.app': 'a', app: 'b' }, version: '1.19.5' });
  assert.deepEqual(undecided.kind === 'undecided' && undecided.keys, ['app']);
  const dropped = { 'reserved.pod-template-hash': 'a', 'pod-template-hash': 'b' };
  assert.equal(identity({ labels: dropped, version: '1.19.5' }).kind, 'global');
});

test('named ports are part of the identity whatever the filter says, since 1.20', () => {
  const written = { labels: { app: 'web' }, portName: 'http', config: { labels: '!.* gen:!.*' } };
  assert.deepEqual(identity(written).labels.map(formatLabel), [
    'gen:io.cilium.k8s.named-ports=http.TCP.80',
    'k8s:io.kubernetes.pod.namespace=shop',
  ]);
  assert.equal(identity({ ...written, version: '1.19.5' }).key, 'k8s:io.kubernetes.pod.namespace=shop;');
});

test('the operator leaves named ports out', () => {
  const { labels } = identity({ labels: { app: 'web' }, portName: 'http' });
  assert.equal(canonicalKey(operatorLabels(labels)), identity({ labels: { app: 'web' } }).key);
});

test('the order in which labels are written does not matter', () => {
  const labels = fc.dictionary(fc.constantFrom('app', 'team', 'a', 'B', 'host', 'k8s.io/x'), fc.constantFrom('1', '2'));
  fc.assert(
    fc.property(labels, (written) => {
      const reversed = Object.fromEntries(Object.entries(written).reverse());
      assert.deepEqual(identity({ labels: reversed }), identity({ labels: written }));
    }),
    { seed: 6, numRuns: 50 },
  );
});
