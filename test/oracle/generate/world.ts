/**
 * Whole worlds: few pods in few namespaces, so that rules meet; policies of every kind; options, names and flows.
 */
import { below, pick, type Random } from '../../support/hostile-random.ts';
import { chance, maybe, several, weighted } from './chance.ts';
import { ciliumNetworkPolicy, clusterwidePolicy } from './cilium-policy.ts';
import type { Json } from './json.ts';
import { networkPolicy } from './network-policy.ts';

interface Pod {
  readonly id: number;
  readonly namespace: string;
  readonly app: string;
  readonly team?: string;
  readonly cluster?: string;
  readonly more?: Readonly<Record<string, string>>;
}

/** The last one is a pod of another cluster of the mesh. */
const PODS: readonly Pod[] = [
  { id: 1001, namespace: 'a', app: 'web' },
  { id: 1002, namespace: 'a', app: 'db' },
  { id: 1003, namespace: 'a', app: 'client', more: { 'k8s:tier': 'x' } },
  { id: 2001, namespace: 'b', app: 'web', team: 'blue' },
  { id: 2002, namespace: 'b', app: 'client', team: 'blue', more: { 'k8s:tier': 'front' } },
  { id: 3001, namespace: 'c', app: 'web', team: '' },
  { id: 3002, namespace: 'c', app: 'db', team: 'blue', more: { 'k8s:host': 'x' } },
  { id: 3003, namespace: 'c', app: 'db', team: 'blue', more: { 'k8s:world': 'x', 'k8s:init': '' } },
  { id: 131_573, namespace: 'a', app: 'web', cluster: 'east' },
];

const FLOW_PEERS = [
  1,
  2,
  4,
  6,
  7,
  1001,
  1002,
  1003,
  2001,
  3001,
  131_573,
  'ip:10.1.2.3',
  'ip:10.9.9.9',
  'ip:8.8.8.8',
  'ip:1.1.1.1',
];

export function worldCase(random: Random): Json {
  const withPorts = chance(0.15, random);
  return {
    name: 'random',
    identities: PODS.slice(0, 3 + below(PODS.length - 2, random)).map((pod) => identity(pod, withPorts, random)),
    policies: [
      ...several(chance(0.2, random) ? 8 : 4, random, policyOf).map((make, index) => make(`p${index}`)),
      ...groups(random),
    ],
    subject: chance(0.85, random) ? 1001 : pick([1002, 1003, 4, 5, 8, 1], random),
    options: options(random),
    ...maybe(0.08, random, () => ({
      dns: { 'api.example.com': ['1.2.3.4'], 'www.example.com': ['1.2.3.4', '10.1.2.3'] },
    })),
    ...maybe(0.05, random, () => ({
      apiserverIPs: several(2, random, (random) => pick(['172.16.0.1', '10.1.2.3'], random)),
    })),
    lookups: several(4, random, flow),
  };
}

function identity(
  { id, namespace, app, team = 'red', cluster = 'default', more = {} }: Pod,
  withPorts: boolean,
  random: Random,
): Json {
  const labels = {
    'k8s:io.kubernetes.pod.namespace': namespace,
    'k8s:io.cilium.k8s.namespace.labels.kubernetes.io/metadata.name': namespace,
    'k8s:io.cilium.k8s.namespace.labels.team': team,
    'k8s:io.cilium.k8s.policy.cluster': cluster,
    'k8s:io.cilium.k8s.policy.serviceaccount': 'default',
    'k8s:app': app,
    ...more,
  };
  const port = (): string => pick(['8080/TCP', '9090/TCP', '53/UDP'], random);
  return {
    id,
    labels,
    ...(withPorts ? maybe(0.5, random, () => ({ namedPorts: { http: port(), dns: port() } })) : {}),
  };
}

type MakePolicy = (name: string) => Json;

function policyOf(random: Random): MakePolicy {
  const namespace = chance(0.9, random) ? 'a' : 'b';
  return weighted<MakePolicy>(
    [
      [45, () => (name) => ciliumNetworkPolicy(name, namespace, random)],
      [35, () => (name) => clusterwidePolicy(name, random)],
      [20, () => (name) => networkPolicy(name, namespace, random)],
      [1, () => (name) => clusterNetworkPolicy(name, random)],
    ],
    random,
  );
}

/** Without Pass, whose count varies in Cilium itself. */
function clusterNetworkPolicy(name: string, random: Random): Json {
  const action = pick(['Accept', 'Deny'], random);
  const rule = { action, from: [{ namespaces: pick<Json>([{}, { matchLabels: { team: 'blue' } }], random) }] };
  const spec = {
    tier: pick(['Admin', 'Baseline'], random),
    priority: below(3, random),
    subject: { namespaces: {} },
    ingress: [rule],
  };
  return { apiVersion: 'policy.networking.k8s.io/v1alpha2', kind: 'ClusterNetworkPolicy', metadata: { name }, spec };
}

function groups(random: Random): readonly Json[] {
  if (chance(0.5, random)) return [];
  const group = (name: string, labels: Json, externalCIDRs: readonly string[]): Json => ({
    apiVersion: 'cilium.io/v2',
    kind: 'CiliumCIDRGroup',
    metadata: { name, labels },
    spec: { externalCIDRs },
  });
  const members = ['10.1.0.0/16', '172.16.0.0/12', '8.8.8.8/32', '203.0.113.0/24', 'fd00:1::/32', '10.1.2.3/32'];
  const some = (): readonly string[] => [...new Set(several(3, random, (random) => pick(members, random)))];
  return [
    group('g', { role: 'x' }, some()),
    ...(chance(0.6, random) ? [group('h', { role: pick(['x', 'y', ''], random), zone: 'x' }, some())] : []),
  ];
}

function options(random: Random): Json {
  return {
    ...maybe(0.3, random, () => ({ ipv6: true })),
    ...maybe(0.3, random, () => ({ policyDefaultLocalCluster: chance(0.5, random) })),
    ...maybe(0.04, random, () => ({ enforcement: pick(['always', 'never', 'default'], random) })),
    ...maybe(0.04, random, () => ({ allowLocalhost: pick(['policy', 'always'], random) })),
    ...maybe(0.03, random, () => ({ noL7Proxy: true })),
    ...maybe(0.03, random, () => ({ noFQDNPrealloc: true })),
    ...maybe(0.03, random, () => ({ nonDefaultDenyOff: true })),
    ...maybe(0.1, random, () => ({ enableNodeSelectorLabels: true })),
    ...maybe(0.03, random, () => ({ clusterName: 'east' })),
    ...maybe(0.05, random, () => ({ clusterID: pick([1, 2], random) })),
  };
}

function flow(random: Random): Json {
  return {
    peer: pick<number | string>(FLOW_PEERS, random),
    direction: pick(['ingress', 'egress'], random),
    ...pick<Json>(
      [
        { proto: 'TCP', port: 80 },
        { proto: 'TCP', port: 443 },
        { proto: 'UDP', port: 53 },
        { proto: 'ICMP', port: 8 },
        { proto: 'SCTP', port: 9 },
      ],
      random,
    ),
  };
}
