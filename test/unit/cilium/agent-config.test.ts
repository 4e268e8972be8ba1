import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readAgentConfig, type AgentConfig } from '../../../src/cilium/agent-config.ts';
import { profileFor, RECORDED_VERSIONS } from '../../support/profile.ts';

function read(data: Readonly<Record<string, string>>, version = '1.20.2') {
  return readAgentConfig(new Map(Object.entries(data)), { profile: profileFor(version), namespace: 'kube-system' });
}

/** The configuration, of which no key is a problem. */
function config(data: Readonly<Record<string, string>>, version?: string): AgentConfig {
  const { config: result, problems } = read(data, version);
  assert.deepEqual(problems, []);
  return result;
}

test('without any key the agent of 1.20 has these defaults', () => {
  assert.deepEqual(config({}), {
    clusterName: 'default',
    clusterID: 0,
    maxConnectedClusters: 255,
    ciliumNamespace: 'kube-system',
    wellKnownIdentities: true,
    fixedIdentityMapping: new Map(),
    identityAllocationMode: 'crd',
    identityManagementMode: 'agent',
    identityHeartbeatTimeoutMs: 30 * 60_000,
    identityGCIntervalMs: 15 * 60_000,
    networkPolicyEnabled: true,
    policyKinds: new Set(['NetworkPolicy', 'CiliumNetworkPolicy', 'CiliumClusterwideNetworkPolicy']),
    enforcement: 'default',
    allowLocalhost: 'always',
    ipv4: true,
    ipv6: true,
    policyDefaultLocalCluster: true,
    nodeSelectorLabels: false,
    nodeLabels: '',
    hostFirewall: false,
    l7Proxy: true,
    proxyReadsSecrets: false,
    icmpRules: true,
    nonDefaultDeny: true,
    extendedIPProtocols: false,
    cidrMatchMode: [],
    fqdnPreallocation: true,
    watchesHeadlessServices: false,
    policyMapMax: 16_384,
    lockdownOnOverflow: false,
  });
});

test('policy-default-local-cluster is the only default that differs between the minors', () => {
  const [v118, v119, v120] = RECORDED_VERSIONS.map((version) => config({}, version));
  assert.deepEqual(v119, v120);
  assert.deepEqual({ ...v118, policyDefaultLocalCluster: true }, v119);
  assert.equal(v118?.policyDefaultLocalCluster, false);
});

const TAKEN: readonly (readonly [key: string, value: string, field: keyof AgentConfig, result: unknown])[] = [
  ['labels', '!app\n!team', 'labels', '!app\n!team'],
  ['label-prefix-file', '/etc/labels.json', 'labelPrefixFile', '/etc/labels.json'],
  ['cluster-name', 'prod-eu-1', 'clusterName', 'prod-eu-1'],
  ['cluster-id', ' 7\n', 'clusterID', 7],
  ['cluster-id', '0', 'clusterID', 0],
  ['cluster-id', '255', 'clusterID', 255],
  ['max-connected-clusters', '511', 'maxConnectedClusters', 511],
  ['k8s-namespace', 'cilium', 'ciliumNamespace', 'cilium'],
  ['enable-well-known-identities', 'false', 'wellKnownIdentities', false],
  ['fixed-identity-mapping', '128=kv-store,129=db', 'fixedIdentityMapping', mapping('kv-store', 'db')],
  ['fixed-identity-mapping', '255=db', 'fixedIdentityMapping', new Map([[255, 'db']])],
  ['identity-allocation-mode', 'crd', 'identityAllocationMode', 'crd'],
  ['identity-management-mode', 'operator', 'identityManagementMode', 'operator'],
  ['identity-heartbeat-timeout', '1h', 'identityHeartbeatTimeoutMs', 3_600_000],
  ['identity-gc-interval', '0', 'identityGCIntervalMs', 0],
  ['enable-policy', 'Always', 'enforcement', 'always'],
  ['allow-localhost', 'Policy', 'allowLocalhost', 'policy'],
  ['allow-localhost', 'auto', 'allowLocalhost', 'always'],
  ['enable-ipv4', '0', 'ipv4', false],
  ['enable-ipv6', 'false', 'ipv6', false],
  ['policy-default-local-cluster', 'f', 'policyDefaultLocalCluster', false],
  ['enable-node-selector-labels', 'true', 'nodeSelectorLabels', true],
  ['node-labels', ' pool !zone ', 'nodeLabels', 'pool !zone'],
  ['enable-host-firewall', 'T', 'hostFirewall', true],
  ['enable-l7-proxy', 'False', 'l7Proxy', false],
  ['enable-icmp-rules', 'FALSE', 'icmpRules', false],
  ['enable-non-default-deny-policies', 'F', 'nonDefaultDeny', false],
  ['enable-extended-ip-protocols', '1', 'extendedIPProtocols', true],
  ['policy-cidr-match-mode', 'nodes  pods', 'cidrMatchMode', ['nodes', 'pods']],
  ['tofqdns-preallocate-identities', 'false', 'fqdnPreallocation', false],
  ['k8s-service-proxy-name', ' edge ', 'serviceProxyName', 'edge'],
  ['enable-gateway-api', 'true', 'watchesHeadlessServices', true],
  ['enable-ingress-controller', 'true', 'watchesHeadlessServices', true],
  ['bpf-policy-map-max', '65536', 'policyMapMax', 65_536],
  ['enable-endpoint-lockdown-on-policy-overflow', 'true', 'lockdownOnOverflow', true],
];

function mapping(...names: readonly string[]): ReadonlyMap<number, string> {
  return new Map(names.map((name, index) => [128 + index, name]));
}

test('agents leave secrets to the proxy where all three keys say so', () => {
  const keys = {
    'enable-policy-secrets-sync': 'true',
    'policy-secrets-only-from-secrets-namespace': 'true',
    'policy-secrets-namespace': 'cilium-secrets',
  };
  assert.equal(config(keys).proxyReadsSecrets, true);
  for (const key of Object.keys(keys))
    assert.equal(config({ ...keys, [key]: 'false' }).proxyReadsSecrets, key === 'policy-secrets-namespace');
  assert.equal(config({ ...keys, 'policy-secrets-namespace': '' }).proxyReadsSecrets, false);
  for (const key of Object.keys(keys)) {
    const others = Object.fromEntries(Object.entries(keys).filter(([other]) => other !== key));
    assert.equal(config(others).proxyReadsSecrets, false);
  }
});

for (const [key, value, field, result] of TAKEN) {
  test(`${key}: ${JSON.stringify(value)} is taken as written`, () => {
    assert.deepEqual(config({ [key]: value })[field], result);
  });
}

const REFUSED: readonly (readonly [key: string, value: string, field: keyof AgentConfig])[] = [
  ['enable-ipv6', 'yes', 'ipv6'],
  ['enable-ipv6', '', 'ipv6'],
  ['cluster-id', '256', 'clusterID'],
  ['cluster-id', '-1', 'clusterID'],
  ['cluster-id', 'seven', 'clusterID'],
  ['max-connected-clusters', '300', 'maxConnectedClusters'],
  ['identity-heartbeat-timeout', '900', 'identityHeartbeatTimeoutMs'],
  ['identity-gc-interval', '-15m', 'identityGCIntervalMs'],
  ['identity-allocation-mode', 'CRD', 'identityAllocationMode'],
  ['identity-management-mode', 'nobody', 'identityManagementMode'],
  ['enable-policy', 'sometimes', 'enforcement'],
  ['allow-localhost', 'never', 'allowLocalhost'],
  ['policy-cidr-match-mode', 'nodes,pods', 'cidrMatchMode'],
  ['policy-cidr-match-mode', 'nodes moon', 'cidrMatchMode'],
  ['bpf-policy-map-max', '16k', 'policyMapMax'],
  ['fixed-identity-mapping', '127=db', 'fixedIdentityMapping'],
  ['fixed-identity-mapping', '256=db', 'fixedIdentityMapping'],
  ['fixed-identity-mapping', 'db=128', 'fixedIdentityMapping'],
  ['fixed-identity-mapping', '128', 'fixedIdentityMapping'],
  ['fixed-identity-mapping', '128=a=b', 'fixedIdentityMapping'],
  ['fixed-identity-mapping', '=db', 'fixedIdentityMapping'],
  ['fixed-identity-mapping', '-1=db', 'fixedIdentityMapping'],
  ['fixed-identity-mapping', '128=db,', 'fixedIdentityMapping'],
  ['fixed-identity-mapping', '128=reserved:host', 'fixedIdentityMapping'],
];

for (const [key, value, field] of REFUSED) {
  test(`${key}: ${JSON.stringify(value)} is a problem, and the default is used`, () => {
    const { config: result, problems } = read({ [key]: value });
    assert.deepEqual(
      problems.map((problem) => problem.key),
      [key],
    );
    assert.deepEqual(result[field], config({})[field]);
  });
}

for (const [value, used] of [
  ['100', 256],
  ['0', 256],
  ['-5', 256],
  ['70000', 65_536],
] as const) {
  test(`bpf-policy-map-max ${value} is clamped to ${used}, with a problem`, () => {
    const { config: result, problems } = read({ 'bpf-policy-map-max': value });
    assert.equal(result.policyMapMax, used);
    assert.deepEqual(problems, [
      { key: 'bpf-policy-map-max', reason: `"${value}" is outside 256 to 65536; the agent uses ${used}` },
    ]);
  });
}

test('a problem quotes no more than 64 characters of a value', () => {
  const [problem] = read({ 'enable-ipv6': 'x'.repeat(65) }).problems;
  assert.ok(problem?.reason.startsWith(`"${'x'.repeat(64)}" `));
});

test('one name with two numbers is noted, and two names of two numbers are not', () => {
  const { config: result, problems } = read({ 'fixed-identity-mapping': '128=db,129=db' });
  assert.equal(problems.length, 1);
  assert.equal(result.fixedIdentityMapping.size, 2);
});

test('a name of source reserved may be written with a dot until 1.19', () => {
  const problems = (version: string) =>
    read({ 'fixed-identity-mapping': '128=reserved.host' }, version).problems.length;
  assert.deepEqual(['1.18.8', '1.19.7', '1.20.2'].map(problems), [1, 1, 0]);
});

test('with 511 clusters the cluster id may be 511', () => {
  assert.equal(config({ 'max-connected-clusters': '511', 'cluster-id': '511' }).clusterID, 511);
});

test('a cluster name that the agent would refuse is noted and still used', () => {
  const { config: result, problems } = read({ 'cluster-name': 'Prod_1' });
  assert.equal(result.clusterName, 'Prod_1');
  assert.equal(problems[0]?.key, 'cluster-name');
});

test('identities live in the kvstore only where there is one', () => {
  assert.equal(config({ 'identity-allocation-mode': 'kvstore', kvstore: 'etcd' }).identityAllocationMode, 'kvstore');
  assert.equal(config({ kvstore: 'etcd' }).identityAllocationMode, 'kvstore');
  const { config: result, problems } = read({ 'identity-allocation-mode': 'doublewrite-readkvstore' });
  assert.equal(result.identityAllocationMode, 'crd');
  assert.equal(problems[0]?.key, 'identity-allocation-mode');
});

test('options that a version does not have are not read', () => {
  const newer = {
    'enable-extended-ip-protocols': 'true',
    'enable-k8s-cluster-network-policy': 'true',
  };
  const of = (version: string) => {
    const { extendedIPProtocols, policyKinds } = config(newer, version);
    return { extendedIPProtocols, clusterNetworkPolicy: policyKinds.has('ClusterNetworkPolicy') };
  };
  assert.deepEqual(of('1.18.8'), { extendedIPProtocols: false, clusterNetworkPolicy: false });
  assert.deepEqual(of('1.19.5'), { extendedIPProtocols: true, clusterNetworkPolicy: false });
  assert.deepEqual(of('1.20.2'), { extendedIPProtocols: true, clusterNetworkPolicy: true });
});

test('policy-cidr-match-mode pods is refused before 1.20', () => {
  assert.equal(read({ 'policy-cidr-match-mode': 'pods' }, '1.19.5').problems.length, 1);
});

const ALL_POLICY_OFF = {
  'enable-policy': 'never',
  'enable-k8s-networkpolicy': 'false',
  'enable-cilium-network-policy': 'false',
  'enable-cilium-clusterwide-network-policy': 'false',
  'disable-endpoint-crd': 'true',
};

test('policy is off only where every part of it is switched off', () => {
  assert.equal(config(ALL_POLICY_OFF).networkPolicyEnabled, false);
  for (const key of Object.keys(ALL_POLICY_OFF)) {
    const rest = Object.fromEntries(Object.entries(ALL_POLICY_OFF).filter(([other]) => other !== key));
    assert.equal(config(rest).networkPolicyEnabled, true, `without ${key}`);
  }
  assert.equal(config({ ...ALL_POLICY_OFF, kvstore: 'etcd' }).networkPolicyEnabled, true);
  assert.equal(config({ ...ALL_POLICY_OFF, 'enable-k8s-cluster-network-policy': 'true' }).networkPolicyEnabled, true);
});

test('endpoint slices keep policy on since 1.20', () => {
  const data = { ...ALL_POLICY_OFF, 'enable-cilium-endpoint-slice': 'true' };
  assert.equal(config(data, '1.19.5').networkPolicyEnabled, false);
  assert.equal(config(data, '1.20.2').networkPolicyEnabled, true);
});

test('one name with two numbers in fixed-identity-mapping is noted', () => {
  const { config: result, problems } = read({ 'fixed-identity-mapping': '128=db,129=db' });
  assert.equal(result.fixedIdentityMapping.size, 2);
  assert.equal(problems.length, 1);
});

test('a leading reserved. is a source in fixed-identity-mapping until 1.19', () => {
  const data = { 'fixed-identity-mapping': '128=reserved.db' };
  assert.equal(read(data, '1.19.5').problems.length, 1);
  assert.deepEqual(config(data, '1.20.2').fixedIdentityMapping, new Map([[128, 'reserved.db']]));
});

test('a problem quotes a bounded part of the value', () => {
  const [problem] = read({ 'cluster-id': 'x'.repeat(10_000) }).problems;
  assert.ok(problem !== undefined && problem.reason.length < 150);
});

test('keys such as __proto__ are data', () => {
  assert.deepEqual(
    readAgentConfig(new Map([['__proto__', 'x']]), {
      profile: profileFor('1.20.2'),
      namespace: 'kube-system',
    }).config,
    config({}),
  );
});
