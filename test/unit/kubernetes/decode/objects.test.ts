import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeObject } from '../../../../src/kubernetes/decode/decode-object.ts';
import type { ClusterObject } from '../../../../src/cilium/objects.ts';

function decode(value: unknown): ClusterObject {
  const decoded = decodeObject(value);
  assert.ok(decoded.ok, JSON.stringify(decoded));
  return decoded.value;
}

const podSpec = {
  serviceAccountName: 'runner',
  hostNetwork: true,
  nodeName: 'n1',
  initContainers: [{ name: 'init', image: 'init:1', ports: [{ name: 'early', containerPort: 1 }] }],
  containers: [
    { name: 'a', image: 'web:1', ports: [{ name: 'http', containerPort: 80, protocol: 'TCP' }, { containerPort: 53 }] },
    { name: 'b', image: 'log:2' },
  ],
};
const podPorts = [
  { name: 'http', port: 80, protocol: 'TCP' },
  { name: '', port: 53, protocol: '' },
];

test('a Pod keeps what decides its identity', () => {
  const pod = decode({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'web-0',
      namespace: 'team-a',
      uid: 'u1',
      labels: { app: 'web', empty: '' },
      annotations: { 'kubernetes.io/config.mirror': 'x' },
      creationTimestamp: '2026-11-22T09:00:00Z',
      deletionTimestamp: '2026-11-22T10:00:00Z',
      ownerReferences: [
        { kind: 'Node', name: 'n1', uid: 'o0' },
        { kind: 'ReplicaSet', name: 'web', uid: 'o1', controller: true },
      ],
      managedFields: [{ manager: 'kubectl' }],
    },
    spec: podSpec,
    status: { phase: 'Running' },
  });
  assert.deepEqual(pod, {
    kind: 'Pod',
    name: 'web-0',
    namespace: 'team-a',
    uid: 'u1',
    terminating: true,
    created: Date.UTC(2026, 10, 22, 9),
    labels: new Map([
      ['app', 'web'],
      ['empty', ''],
    ]),
    serviceAccountName: 'runner',
    hostNetwork: true,
    ports: podPorts,
    phase: 'Running',
    nodeName: 'n1',
    owner: { kind: 'ReplicaSet', name: 'web', uid: 'o1' },
    mirror: true,
  });
});

test('a time of creation that no API server writes is none', () => {
  for (const creationTimestamp of ['yesterday', '2026-13-01T00:00:00Z', 20261122, null]) {
    const metadata = { name: 'n', creationTimestamp };
    assert.ok(!('created' in decode({ apiVersion: 'v1', kind: 'Namespace', metadata })));
  }
});

test('a Pod that says little has the values that Kubernetes gives it', () => {
  const pod = decode({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', namespace: 'd' }, spec: {} });
  assert.deepEqual(pod, {
    kind: 'Pod',
    name: 'p',
    namespace: 'd',
    uid: '',
    terminating: false,
    labels: new Map(),
    serviceAccountName: '',
    hostNetwork: false,
    ports: [],
    phase: 'Pending',
    nodeName: '',
    mirror: false,
  });
});

test('a Pod without a name yet is called by its generateName', () => {
  const pod = decode({ apiVersion: 'v1', kind: 'Pod', metadata: { generateName: 'web-', namespace: 'd' }, spec: {} });
  assert.equal(pod.name, 'web-');
});

test('the old field serviceAccount counts where serviceAccountName is absent', () => {
  const pod = decode({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace: 'd' },
    spec: { serviceAccount: 'old' },
  });
  assert.ok(pod.kind === 'Pod');
  assert.equal(pod.serviceAccountName, 'old');
});

test('a Namespace keeps its labels', () => {
  assert.deepEqual(
    decode({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team-a', uid: 'u', labels: { tenant: 'a' } } }),
    { kind: 'Namespace', name: 'team-a', uid: 'u', terminating: false, labels: new Map([['tenant', 'a']]) },
  );
});

const template = { metadata: { labels: { app: 'web' } }, spec: podSpec };
const workloads = [
  { kind: 'Deployment', apiVersion: 'apps/v1', spec: { replicas: 3, template }, replicas: 3 },
  { kind: 'Deployment', apiVersion: 'apps/v1', spec: { template }, replicas: 1 },
  { kind: 'ReplicaSet', apiVersion: 'apps/v1', spec: { replicas: 0, template }, replicas: 0 },
  { kind: 'StatefulSet', apiVersion: 'apps/v1', spec: { replicas: 2, template }, replicas: 2 },
  { kind: 'DaemonSet', apiVersion: 'apps/v1', spec: { replicas: 9, template }, replicas: 1 },
  { kind: 'Job', apiVersion: 'batch/v1', spec: { parallelism: 4, template }, replicas: 4 },
  { kind: 'CronJob', apiVersion: 'batch/v1', spec: { jobTemplate: { spec: { template } } }, replicas: 1 },
] as const;
for (const { kind, apiVersion, spec, replicas } of workloads) {
  test(`a ${kind} with ${JSON.stringify(Object.keys(spec))} asks for ${replicas} pods of its template`, () => {
    assert.deepEqual(decode({ apiVersion, kind, metadata: { name: 'w', namespace: 'team-a' }, spec }), {
      kind,
      name: 'w',
      namespace: 'team-a',
      uid: '',
      terminating: false,
      template: {
        labels: new Map([['app', 'web']]),
        serviceAccountName: 'runner',
        hostNetwork: true,
        ports: podPorts,
      },
      replicas,
      selectorKeys: [],
      images: ['web:1', 'log:2'],
      ...(kind === 'CronJob' ? { cron: { schedule: '', suspended: false, history: 4 } } : {}),
    });
  });
}

test('a CronJob has its schedule, whether it is suspended, and how many finished Jobs are kept', () => {
  const history = { successfulJobsHistoryLimit: 1, failedJobsHistoryLimit: 0 };
  const spec = { schedule: '@hourly', suspend: true, ...history, jobTemplate: { spec: { template } } };
  const cronJob = decode({ apiVersion: 'batch/v1', kind: 'CronJob', metadata: { name: 'w' }, spec });
  assert.ok(cronJob.kind === 'CronJob');
  assert.deepEqual(cronJob.cron, { schedule: '@hourly', suspended: true, history: 1 });
});

test('a selector requires the labels that it matches, not those that it forbids', () => {
  const expression = (key: string, operator: string) => ({ key, operator, values: ['x'] });
  const selector = {
    matchLabels: { app: 'web' },
    matchExpressions: ['In', 'NotIn', 'Exists', 'DoesNotExist'].map((operator) =>
      expression(`key-${operator}`, operator),
    ),
  };
  const workload = decode({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'w', namespace: 'd' },
    spec: { selector, template },
  });
  assert.ok(workload.kind === 'Deployment');
  assert.deepEqual(workload.selectorKeys, ['app', 'key-In', 'key-Exists']);
});

test('the pods of a template without a service account get the default one', () => {
  const workload = decode({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'w', namespace: 'd' },
    spec: { template: { metadata: null, spec: { containers: null } } },
  });
  assert.ok(workload.kind === 'Deployment');
  assert.deepEqual(workload.template, {
    labels: new Map(),
    serviceAccountName: 'default',
    hostNetwork: false,
    ports: [],
  });
});

test('a CiliumIdentity splits its labels at the first colon', () => {
  const identity = decode({
    apiVersion: 'cilium.io/v2',
    kind: 'CiliumIdentity',
    metadata: { name: '48211', labels: { app: 'not a security label' } },
    'security-labels': {
      'k8s:app': 'a:b',
      'k8s:io.cilium.k8s.policy.cluster': 'x',
      'gen:a:b': '1',
      plain: '',
      ':c': '2',
    },
  });
  assert.deepEqual(identity, {
    kind: 'CiliumIdentity',
    name: '48211',
    uid: '',
    terminating: false,
    id: 48211,
    securityLabels: [
      { source: 'k8s', key: 'app', value: 'a:b' },
      { source: 'k8s', key: 'io.cilium.k8s.policy.cluster', value: 'x' },
      { source: 'gen', key: 'a:b', value: '1' },
      { source: 'unspec', key: 'plain', value: '' },
      { source: 'unspec', key: 'c', value: '2' },
    ],
  });
});

test('a CiliumEndpoint says which identity it has, and which named ports', () => {
  const endpoint = { apiVersion: 'cilium.io/v2', kind: 'CiliumEndpoint', metadata: { name: 'web-0', namespace: 'a' } };
  const decoded = { kind: 'CiliumEndpoint', name: 'web-0', namespace: 'a', uid: '', terminating: false, ports: [] };
  const withIdentity = { ...endpoint, status: { identity: { id: 300 } } };
  assert.deepEqual(decode(withIdentity), { ...decoded, identity: 300 });
  assert.deepEqual(decode({ ...endpoint, status: null }), decoded);
  assert.deepEqual(decode({ ...endpoint, status: { identity: {} } }), decoded);
  const HTTP = { name: 'http', port: 80, protocol: 'TCP' };
  assert.deepEqual(decode({ ...endpoint, status: { 'named-ports': [HTTP] } }), { ...decoded, ports: [HTTP] });
});

test('a CiliumEndpointSlice has its namespace beside its metadata', () => {
  const slice = decode({
    apiVersion: 'cilium.io/v2alpha1',
    kind: 'CiliumEndpointSlice',
    metadata: { name: 'ces-1' },
    namespace: 'team-a',
    endpoints: [
      { name: 'web-0', id: 300 },
      { name: 'web-1', id: 301, networking: {}, 'named-ports': [{ name: 'dns', port: 53, protocol: 'UDP' }] },
      { name: 'new' },
    ],
  });
  assert.deepEqual(slice, {
    kind: 'CiliumEndpointSlice',
    name: 'ces-1',
    uid: '',
    terminating: false,
    namespace: 'team-a',
    endpoints: [
      { name: 'web-0', identity: 300, ports: [] },
      { name: 'web-1', identity: 301, ports: [{ name: 'dns', port: 53, protocol: 'UDP' }] },
    ],
  });
});

test('a CiliumCIDRGroup has labels and CIDRs', () => {
  const group = decode({
    apiVersion: 'cilium.io/v2alpha1',
    kind: 'CiliumCIDRGroup',
    metadata: { name: 'g', labels: { tier: 'x' } },
    spec: { externalCIDRs: ['10.0.0.0/8'] },
  });
  assert.deepEqual(group, {
    kind: 'CiliumCIDRGroup',
    name: 'g',
    uid: '',
    terminating: false,
    labels: new Map([['tier', 'x']]),
    cidrs: ['10.0.0.0/8'],
  });
});

test('a Node has the addresses at which it is reached, and no names', () => {
  const addresses = [
    { type: 'InternalIP', address: '10.0.0.1' },
    { type: 'Hostname', address: 'n1' },
    { type: 'ExternalIP', address: '192.0.2.1' },
  ];
  const metadata = { name: 'n1', labels: { pool: 'red' } };
  const node = { kind: 'Node', name: 'n1', uid: '', terminating: false, labels: new Map([['pool', 'red']]) };
  assert.deepEqual(decode({ apiVersion: 'v1', kind: 'Node', metadata, status: { addresses } }), {
    ...node,
    addresses: [
      { text: '10.0.0.1', of: 'node' },
      { text: '192.0.2.1', of: 'node' },
    ],
  });
  assert.deepEqual(decode({ apiVersion: 'v1', kind: 'Node', metadata }), { ...node, addresses: [] });
  const status = { nodeInfo: { kubeletVersion: 'v1.35.1' } };
  const versioned = decode({ apiVersion: 'v1', kind: 'Node', metadata, status });
  assert.deepEqual(versioned, { ...node, addresses: [], kubelet: 'v1.35.1' });
});

test('a CiliumNode tells addresses of the node apart from those of health checks and of ingress', () => {
  const spec = {
    addresses: [
      { type: 'InternalIP', ip: '10.0.0.1' },
      { type: 'CiliumInternalIP', ip: '10.1.0.7' },
    ],
    health: { ipv4: '10.1.0.8' },
    ingress: { ipv4: '', ipv6: 'fd00::9' },
  };
  assert.deepEqual(decode({ apiVersion: 'cilium.io/v2', kind: 'CiliumNode', metadata: { name: 'n1' }, spec }), {
    kind: 'CiliumNode',
    name: 'n1',
    uid: '',
    terminating: false,
    labels: new Map(),
    addresses: [
      { text: '10.0.0.1', of: 'node' },
      { text: '10.1.0.7', of: 'node' },
      { text: '10.1.0.8', of: 'health' },
      { text: 'fd00::9', of: 'ingress' },
    ],
  });
});

test('a ConfigMap keeps its data', () => {
  const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'cilium-config', namespace: 'kube-system' } };
  assert.deepEqual(decode({ ...map, data: { labels: 'k8s:app', 'cluster-name': '' } }), {
    kind: 'ConfigMap',
    name: 'cilium-config',
    namespace: 'kube-system',
    uid: '',
    terminating: false,
    data: new Map([
      ['labels', 'k8s:app'],
      ['cluster-name', ''],
    ]),
  });
});

for (const [kind, apiVersion] of [
  ['NetworkPolicy', 'crd.projectcalico.org/v1'],
  ['Deployment', 'extensions/v1beta1'],
  ['Secret', 'v1'],
  ['Pod', 'v2'],
  ['__proto__', 'v1'],
  ['constructor', ''],
] as const) {
  test(`${kind} of ${apiVersion} is a kind that is not read`, () => {
    const decoded = decodeObject({ apiVersion, kind, metadata: { name: 'x' }, spec: 'anything' });
    assert.equal(decoded.ok, false);
    assert.equal(decoded.error.code, 'unknown-kind');
  });
}
