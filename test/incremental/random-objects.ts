/**
 * What a random cluster holds besides the objects of random-cluster.ts: slices of endpoints, CIDR groups, NetworkPolicies, workloads,
 * agents with their images, and cilium-config. Few names, so that objects meet and take each other's place.
 */
import fc from 'fast-check';
import { ciliumConfig, clusterwidePolicy, pod, policy, type Json } from '../support/objects.ts';
import {
  anyClusterNetworkPolicy,
  anyClusterwidePolicy,
  anyEndpoint,
  anyEndpoints,
  anyEndpointSlice,
  anyHostPolicy,
  anyIdentity,
  anyNamespace,
  anyNode,
  anyPod,
  anyPolicy,
  anyService,
  NAMESPACES,
  ownSelector,
  podLabels,
} from '../support/random-cluster.ts';

const inNamespace = fc.constantFrom(...NAMESPACES);
const ciliumResource = { apiVersion: 'cilium.io/v2' };

const namedPorts = fc.constantFrom<readonly Json[]>(
  [],
  [{ name: 'http', port: 80, protocol: 'TCP' }],
  [{ name: 'http', port: 8080, protocol: 'TCP' }],
);

/** Endpoints of pods that are there and of pods that are not, under the numbers of identities. */
const anySlice = fc
  .record({
    name: fc.constantFrom('s0', 's1'),
    namespace: inNamespace,
    endpoints: fc.uniqueArray(
      fc.record({
        name: fc.constantFrom('p0', 'p1', 'p2', 'p8'),
        id: fc.integer({ min: 1000, max: 1010 }),
        'named-ports': namedPorts,
      }),
      { selector: ({ name }) => name, maxLength: 3 },
    ),
  })
  .map(({ name, ...rest }) => ({
    apiVersion: 'cilium.io/v2alpha1',
    kind: 'CiliumEndpointSlice',
    metadata: { name },
    ...rest,
  }));

/** As an agent writes it with the labels of the identity; some of the namespace's may be what they were once. */
const anyToldEndpoint = fc
  .record({
    namespace: inNamespace,
    name: fc.constantFrom('p0', 'p1', 'p2'),
    app: fc.constantFrom('web', 'db'),
    team: fc.constantFrom('red', 'blue'),
    id: fc.integer({ min: 1000, max: 1020 }),
  })
  .map(({ namespace, name, app, team, id }) => {
    const told = {
      app,
      'io.cilium.k8s.namespace.labels.kubernetes.io/metadata.name': namespace,
      'io.cilium.k8s.namespace.labels.team': team,
      'io.cilium.k8s.policy.cluster': 'default',
      'io.cilium.k8s.policy.serviceaccount': 'default',
      'io.kubernetes.pod.namespace': namespace,
    };
    const labels = Object.entries(told).map(([key, value]) => `k8s:${key}=${value}`);
    return {
      ...ciliumResource,
      kind: 'CiliumEndpoint',
      metadata: { namespace, name },
      status: { identity: { id, labels } },
    };
  });

const anyGroup = fc
  .record({
    name: fc.constantFrom('g0', 'g1'),
    zone: fc.constantFrom('east', 'west'),
    cidrs: fc.subarray(['10.1.2.0/24', '192.0.2.0/24', '198.51.100.0/24', '10.0.0.0/8']),
  })
  .map(({ name, zone, cidrs }) => ({
    ...ciliumResource,
    kind: 'CiliumCIDRGroup',
    metadata: { name, labels: { zone } },
    spec: { externalCIDRs: cidrs },
  }));

/** Peers that other random policies do not have: groups, nodes, excepts under new prefixes. */
const rarePeers = fc.constantFrom<Json>(
  { toCIDRSet: [{ cidrGroupRef: 'g0' }] },
  { toCIDRSet: [{ cidrGroupRef: 'g1', except: ['10.1.2.0/25'] }] },
  { toCIDRSet: [{ cidrGroupSelector: { matchLabels: { zone: 'east' } } }] },
  { toNodes: [{ matchLabels: { pool: 'red' } }] },
  { toCIDRSet: [{ cidr: '192.0.2.0/24', except: ['192.0.2.128/25'] }], toPorts: [{ ports: [{ port: '443' }] }] },
  { toCIDR: ['203.0.113.0/28'] },
  { toEndpoints: [{ matchExpressions: [{ key: 'build-id', operator: 'Exists' }] }] },
);

const anyRarePolicy = fc
  .record({
    namespace: fc.constantFrom(...NAMESPACES, undefined),
    list: fc.constantFrom('egress', 'egressDeny'),
    subject: ownSelector,
    peers: fc.array(rarePeers, { minLength: 1, maxLength: 2 }),
  })
  .map(({ namespace, list, subject, peers }) => {
    const spec = { endpointSelector: subject, [list]: peers };
    return namespace === undefined ? clusterwidePolicy('rare', spec) : policy(`${namespace}/rare`, spec);
  });

const networkPeer = fc.oneof(
  fc.constantFrom('web', 'db').map((app): Json => ({ podSelector: { matchLabels: { app } } })),
  fc.constantFrom('red', 'blue').map((team): Json => ({ namespaceSelector: { matchLabels: { team } } })),
  fc.constant<Json>({ ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } }),
);

const anyNetworkPolicy = fc
  .record({
    namespace: inNamespace,
    tier: fc.constantFrom({}, { matchLabels: { tier: 'front' } }),
    from: fc.array(networkPeer, { maxLength: 2 }),
    ports: fc.constantFrom<readonly Json[]>([], [{ port: 'http' }], [{ port: 80, endPort: 90, protocol: 'TCP' }]),
  })
  .map(({ namespace, tier, from, ports }) =>
    policy(`${namespace}/plain`, { podSelector: tier, ingress: [{ from, ports }] }, 'NetworkPolicy'),
  );

const anyWorkload = fc
  .record({
    kind: fc.constantFrom('Deployment', 'StatefulSet', 'DaemonSet'),
    namespace: inNamespace,
    labels: podLabels,
    replicas: fc.nat(4),
  })
  .map(({ kind, namespace, labels, replicas }) => ({
    apiVersion: 'apps/v1',
    kind,
    metadata: { namespace, name: 'w', uid: `uid-${namespace}-${kind}` },
    spec: {
      replicas,
      selector: { matchLabels: { app: labels['app'] } },
      template: { metadata: { labels }, spec: { containers: [{ name: 'main' }] } },
    },
  }));

/** On the network of the host, with an identity or a mirror's annotations: what has no identity, or another one. */
const anyOddPod = fc
  .record({ namespace: inNamespace, name: fc.constantFrom('p0', 'p3'), labels: podLabels, host: fc.boolean() })
  .map(({ namespace, name, labels, host }) =>
    pod(`${namespace}/${name}`, labels, {
      spec: { hostNetwork: host, serviceAccountName: 'builder', containers: [{ name: 'main' }] },
    }),
  );

/** Agents of several versions side by side. */
export const anyAgent = fc
  .record({ name: fc.constantFrom('a0', 'a1'), version: fc.constantFrom('1.18.8', '1.19.7', '1.20.2') })
  .map(({ name, version }) =>
    pod(
      `kube-system/${name}`,
      { 'k8s-app': 'cilium' },
      {
        spec: { hostNetwork: true, containers: [{ name: 'cilium-agent', image: `quay.io/cilium/cilium:v${version}` }] },
      },
    ),
  );

const WITH_EVERYTHING = {
  'enable-k8s-cluster-network-policy': 'true',
  'enable-host-firewall': 'true',
  'enable-node-selector-labels': 'true',
};

/** Of cilium-config: what changes identities, prefixes, which rules are there, and which of them count. */
export const anyConfig = fc
  .constantFrom<Readonly<Record<string, string>>>(
    {},
    WITH_EVERYTHING,
    { ...WITH_EVERYTHING, 'enable-policy': 'always' },
    { ...WITH_EVERYTHING, 'policy-cidr-match-mode': 'nodes' },
    { ...WITH_EVERYTHING, 'enable-ipv6': 'false', labels: 'k8s:app k8s:io\\.kubernetes\\.pod\\.namespace' },
    { ...WITH_EVERYTHING, 'identity-allocation-mode': 'kvstore' },
    { ...WITH_EVERYTHING, 'enable-policy': 'never' },
  )
  .map(ciliumConfig);

/** Who is there: no count has to be forgotten for them. */
export const anyUser: fc.Arbitrary<Json> = fc.oneof(
  { arbitrary: anyPod, weight: 24 },
  { arbitrary: anyOddPod, weight: 3 },
  { arbitrary: anyIdentity, weight: 16 },
  { arbitrary: anyEndpoint, weight: 6 },
  { arbitrary: anyToldEndpoint, weight: 6 },
  { arbitrary: anySlice, weight: 6 },
  { arbitrary: anyNamespace, weight: 3 },
  { arbitrary: anyWorkload, weight: 2 },
);

const anyRule: fc.Arbitrary<Json> = fc.oneof(
  { arbitrary: anyPolicy, weight: 14 },
  { arbitrary: anyClusterwidePolicy, weight: 4 },
  { arbitrary: anyRarePolicy, weight: 5 },
  { arbitrary: anyNetworkPolicy, weight: 3 },
  { arbitrary: anyClusterNetworkPolicy, weight: 4 },
  { arbitrary: anyHostPolicy, weight: 3 },
  { arbitrary: anyService, weight: 3 },
  { arbitrary: anyEndpointSlice, weight: 3 },
  { arbitrary: anyEndpoints, weight: 2 },
  { arbitrary: anyNode, weight: 3 },
  { arbitrary: anyGroup, weight: 2 },
);

export const anyClusterObject: fc.Arbitrary<Json> = fc.oneof(
  { arbitrary: anyUser, weight: 3 },
  { arbitrary: anyRule, weight: 2 },
);
