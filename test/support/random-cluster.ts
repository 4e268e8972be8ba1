/**
 * Random small clusters: few names and few labels, so that objects meet. Raw Kubernetes objects, as files hold them.
 */
import fc from 'fast-check';
import type { DNSAnswers } from '../../src/cilium/policy/prefixes/fqdn.ts';
import {
  ciliumConfig,
  ciliumIdentity,
  clusterNetworkPolicy,
  clusterwidePolicy,
  namespace,
  pod,
  policy,
  type Json,
} from './objects.ts';
import { endpoints, endpointSlice, service } from './services.ts';

/** Every property test starts from this seed unless SEED says otherwise; fast-check prints it when one fails. */
export const SEED = Number(process.env['SEED'] ?? 20_261_122);
export const RUNS = runsOr(100);

/** As many runs as PROPERTY_RUNS says; where it says nothing, so many as take no time. */
export function runsOr(few: number): number {
  return Number(process.env['PROPERTY_RUNS'] ?? few);
}

export const NAMESPACES = ['alpha', 'beta', 'gamma'] as const;
const APPS = ['web', 'db', 'job'];
const TIERS = ['front', 'back'];
const PREFIXES = ['10.0.0.0/8', '10.1.0.0/16', '10.1.2.0/24', '169.254.169.254/32', '192.0.2.0/24', '0.0.0.0/0'];
const PORTS = ['80', '443', '8080', '0', 'http', 'dns'];
/** Without a number there is no end. */
const WITHOUT_END: readonly string[] = ['0', 'http', 'dns'];

const namespaceName = fc.constantFrom(...NAMESPACES);

export const podLabels = fc.record(
  { app: fc.constantFrom(...APPS), tier: fc.constantFrom(...TIERS), 'build-id': fc.constantFrom('1', '2', '3', '4') },
  { requiredKeys: ['app'] },
);

export const anyNamespace = fc
  .record({ name: namespaceName, team: fc.constantFrom('red', 'blue') })
  .map(({ name, team }) => namespace(name, { team }));

const namedPorts = fc.uniqueArray(
  fc.record({
    name: fc.constantFrom('http', 'dns'),
    port: fc.constantFrom(80, 8080),
    protocol: fc.constantFrom('TCP', 'UDP'),
  }),
  { selector: ({ name }) => name, maxLength: 2 },
);

export const anyPod = fc
  .record({ inNamespace: namespaceName, name: fc.constantFrom('p0', 'p1', 'p2', 'p3'), labels: podLabels })
  .chain((parts) =>
    fc.record({
      parts: fc.constant(parts),
      phase: fc.constantFrom('Running', 'Pending', 'Succeeded'),
      ports: namedPorts,
    }),
  )
  .map(({ parts: { inNamespace, name, labels }, phase, ports }) => {
    const containers = [{ name: 'main', ports: ports.map(({ port, ...rest }) => ({ ...rest, containerPort: port })) }];
    return pod(`${inNamespace}/${name}`, labels, { spec: { containers }, status: { phase } });
  });

/** Of pods that the cluster may hold or not. */
export const anyEndpoint = fc
  .record({
    inNamespace: namespaceName,
    name: fc.constantFrom('p0', 'p1', 'p9'),
    id: fc.integer({ min: 1000, max: 1005 }),
    ports: namedPorts,
  })
  .map(({ inNamespace, name, id, ports }) => ({
    apiVersion: 'cilium.io/v2',
    kind: 'CiliumEndpoint',
    metadata: { namespace: inNamespace, name },
    status: { identity: { id }, 'named-ports': ports },
  }));

export const anyIdentity = fc
  .record({ id: fc.integer({ min: 1000, max: 1010 }), inNamespace: namespaceName, labels: podLabels })
  .map(({ id, inNamespace, labels }) => {
    const own = Object.fromEntries(Object.entries(labels).map(([key, value]) => [`k8s:${key}`, value]));
    return ciliumIdentity(id, {
      ...own,
      'k8s:io.kubernetes.pod.namespace': inNamespace,
      'k8s:io.cilium.k8s.namespace.labels.kubernetes.io/metadata.name': inNamespace,
      'k8s:io.cilium.k8s.policy.cluster': 'default',
      'k8s:io.cilium.k8s.policy.serviceaccount': 'default',
    });
  });

const expression = fc.record({
  key: fc.constantFrom('app', 'tier'),
  operator: fc.constantFrom('In', 'NotIn'),
  values: fc.uniqueArray(fc.constantFrom(...APPS, ...TIERS), { minLength: 1, maxLength: 2 }),
});

export const ownSelector = fc.oneof(
  fc.constant({}),
  fc.constantFrom(...APPS).map((app) => ({ matchLabels: { app } })),
  expression.map((only) => ({ matchExpressions: [only] })),
);

const peerSelector = fc.oneof(
  ownSelector,
  namespaceName.map((name) => ({ matchLabels: { 'k8s:io.kubernetes.pod.namespace': name } })),
  fc.constant({ matchExpressions: [{ key: 'k8s:io.kubernetes.pod.namespace', operator: 'Exists' }] }),
);

const ports = fc.option(
  fc
    .array(
      fc.record(
        {
          port: fc.constantFrom(...PORTS),
          protocol: fc.constantFrom('TCP', 'UDP', 'ANY'),
          endPort: fc.constantFrom(90, 9000),
        },
        { requiredKeys: ['port', 'protocol'] },
      ),
      { minLength: 1, maxLength: 2 },
    )
    .map((list) => [
      {
        ports: list.map((port) =>
          WITHOUT_END.includes(port.port) ? { port: port.port, protocol: port.protocol } : port,
        ),
      },
    ]),
  { nil: undefined },
);

const toFQDNs: fc.Arbitrary<Json> = fc
  .uniqueArray(fc.constantFrom('api.example.com', '*.example.com', 'www.example.org', '*'), {
    minLength: 1,
    maxLength: 2,
  })
  .map((names) => ({
    toFQDNs: names.map((name) => ({ [name.includes('*') ? 'matchPattern' : 'matchName']: name })),
  }));

/** Addresses inside prefixes that policies name, one of which is a prefix itself, and one outside. */
export const anyDNSAnswers: fc.Arbitrary<DNSAnswers> = fc
  .dictionary(
    fc.constantFrom('api.example.com', 'www.example.com', 'www.example.org'),
    fc.subarray(['10.1.2.3', '169.254.169.254', '192.0.2.7', '203.0.113.1', 'fd00::1']),
  )
  .map((answers) => new Map(Object.entries(answers)));

export const serviceReference = fc.oneof(
  fc
    .record({ serviceName: fc.constantFrom('web', 'out'), namespace: fc.constantFrom(...NAMESPACES, '') })
    .map((k8sService) => ({ k8sService })),
  fc.constantFrom(...TIERS).map((tier) => ({ k8sServiceSelector: { selector: { matchLabels: { tier } } } })),
);

function peers(direction: 'from' | 'to'): fc.Arbitrary<Json> {
  return fc.oneof(
    fc.constant({}),
    fc
      .array(serviceReference, { minLength: 1, maxLength: 2 })
      .map((list) => (direction === 'to' ? { toServices: list } : {})),
    fc.array(peerSelector, { minLength: 1, maxLength: 3 }).map((list) => ({ [`${direction}Endpoints`]: list })),
    fc
      .uniqueArray(fc.constantFrom('all', 'cluster', 'world', 'host', 'remote-node', 'kube-apiserver'), {
        minLength: 1,
        maxLength: 2,
      })
      .map((list) => ({ [`${direction}Entities`]: list })),
    fc
      .uniqueArray(fc.constantFrom(...PREFIXES), { minLength: 1, maxLength: 3 })
      .map((list) => ({ [`${direction}CIDR`]: list })),
    fc.constant({ [`${direction}CIDRSet`]: [{ cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] }] }),
    ...(direction === 'to' ? [toFQDNs] : []),
  );
}

function trafficRule(direction: 'from' | 'to'): fc.Arbitrary<Json> {
  return fc
    .record({ peers: peers(direction), toPorts: ports })
    .map((rule) => (rule.toPorts === undefined ? rule.peers : { ...rule.peers, toPorts: rule.toPorts }));
}

function rules(direction: 'from' | 'to'): fc.Arbitrary<readonly Json[]> {
  return fc.array(trafficRule(direction), { minLength: 1, maxLength: 2 });
}

/** A spec with at least one rule. */
export const policySpec: fc.Arbitrary<Json> = fc.record({ subject: ownSelector, lists: someLists() }).map((parts) => ({
  endpointSelector: parts.subject,
  ...parts.lists,
}));

function someLists(): fc.Arbitrary<Json> {
  return fc.oneof(
    fc.record({ ingress: rules('from') }),
    fc.record({ egress: rules('to') }),
    fc.record({ ingressDeny: rules('from') }),
    fc.record({ egressDeny: rules('to') }),
    fc.record({ ingress: rules('from'), egress: rules('to'), egressDeny: rules('to') }),
  );
}

export const anyPolicy = fc
  .record({ inNamespace: namespaceName, name: fc.constantFrom('one', 'two', 'three'), spec: policySpec })
  .map(({ inNamespace, name, spec }) => policy(`${inNamespace}/${name}`, spec));

export const anyClusterwidePolicy = fc
  .record({ name: fc.constantFrom('guard', 'floor'), spec: policySpec })
  .map(({ name, spec }) => clusterwidePolicy(name, spec));

export const anyHostPolicy = fc
  .record({ pool: fc.constantFrom('red', 'blue'), lists: someLists() })
  .map(({ pool, lists }) => clusterwidePolicy('hosts', { nodeSelector: { matchLabels: { pool } }, ...lists }));

/** What the API server or its agent says of a node, which may be inside prefixes that policies name, or have an API server. */
export const anyNode = fc
  .record({
    isAgents: fc.boolean(),
    name: fc.constantFrom('n1', 'n2'),
    pool: fc.constantFrom('red', 'blue'),
    ips: fc.subarray(['10.1.2.3', '169.254.169.254', '192.0.2.1']),
  })
  .map(({ isAgents, name, pool, ips }): Json => {
    const metadata = { name, labels: { pool } };
    const ofType = { type: 'InternalIP' };
    return isAgents
      ? { ...AGENTS_NODE, metadata, spec: { addresses: ips.map((ip) => ({ ...ofType, ip })) } }
      : { ...SERVERS_NODE, metadata, status: { addresses: ips.map((address) => ({ ...ofType, address })) } };
  });

const AGENTS_NODE = { apiVersion: 'cilium.io/v2', kind: 'CiliumNode' };
const SERVERS_NODE = { apiVersion: 'v1', kind: 'Node' };

const tierPeer: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom<Json>({ namespaces: {} }, { namespaces: { matchLabels: { team: 'blue' } } }),
  fc.constantFrom(...APPS).map((app) => ({ pods: { podSelector: { matchLabels: { app } } } })),
);

function tierRules(side: 'from' | 'to'): fc.Arbitrary<readonly Json[]> {
  const peer =
    side === 'to'
      ? fc.oneof(
          tierPeer,
          fc.constantFrom(...PREFIXES).map((text) => ({ networks: [text] })),
        )
      : tierPeer;
  const protocols = fc.constantFrom<Json>({}, { protocols: [{ tcp: { destinationPort: { number: 80 } } }] });
  const rule = fc
    .record({ action: fc.constantFrom('Accept', 'Deny'), peers: fc.array(peer, { maxLength: 2 }), protocols })
    .map((parts) => ({ action: parts.action, [side]: parts.peers, ...parts.protocols }));
  return fc.array(rule, { maxLength: 2 });
}

/** Agents of 1.20 read it where WITH_EVERYTHING is the configuration. */
export const anyClusterNetworkPolicy = fc
  .record({
    name: fc.constantFrom('first', 'last'),
    tier: fc.constantFrom('Admin', 'Baseline'),
    priority: fc.nat(1),
    ingress: tierRules('from'),
    egress: tierRules('to'),
  })
  .map(({ name, ...spec }) => clusterNetworkPolicy(name, spec));

export const WITH_TIERS = ciliumConfig({ 'enable-k8s-cluster-network-policy': 'true' });

/** What is off unless somebody switches it on. */
export const WITH_EVERYTHING = ciliumConfig({
  'enable-k8s-cluster-network-policy': 'true',
  'enable-host-firewall': 'true',
  'enable-node-selector-labels': 'true',
});

/** `web` has a selector, `out` has none. */
export const anyService = fc
  .record({ inNamespace: namespaceName, selects: fc.boolean(), app: fc.constantFrom(...APPS), labels: podLabels })
  .map(({ inNamespace, selects, app, labels }) =>
    service(`${inNamespace}/${selects ? 'web' : 'out'}`, selects ? { selector: { app } } : {}, labels),
  );

/** Of a Service, or of the API servers. */
export const anyEndpointSlice = fc
  .record({
    of: fc.constantFrom('alpha/out', 'beta/out', 'alpha/web', 'default/kubernetes'),
    name: fc.constantFrom('one', 'two'),
    addresses: fc.subarray(['10.1.2.3', '192.0.2.1', '198.51.100.1']),
  })
  .map(({ of, name, addresses }) => {
    const [inNamespace = '', serviceName = ''] = of.split('/');
    return endpointSlice(`${inNamespace}/${name}`, serviceName, addresses);
  });

/** The same, of files that have no EndpointSlices. */
export const anyEndpoints = fc
  .record({
    of: fc.constantFrom('alpha/out', 'beta/out', 'alpha/web', 'default/kubernetes'),
    addresses: fc.subarray(['10.1.2.3', '192.0.2.7', '198.51.100.1']),
  })
  .map(({ of, addresses }) => endpoints(of, addresses));

export const anyObject = fc.oneof(
  { arbitrary: anyNamespace, weight: 2 },
  { arbitrary: anyPod, weight: 5 },
  { arbitrary: anyIdentity, weight: 4 },
  { arbitrary: anyEndpoint, weight: 2 },
  { arbitrary: anyPolicy, weight: 4 },
  { arbitrary: anyClusterwidePolicy, weight: 1 },
  { arbitrary: anyClusterNetworkPolicy, weight: 1 },
  { arbitrary: anyService, weight: 1 },
  { arbitrary: anyEndpointSlice, weight: 1 },
  { arbitrary: anyHostPolicy, weight: 1 },
  { arbitrary: anyNode, weight: 2 },
);

/** The three namespaces, and some objects in them. */
export const anyCluster: fc.Arbitrary<readonly Json[]> = fc
  .array(anyObject, { minLength: 5, maxLength: 25 })
  .map((objects) => [...NAMESPACES.map((name) => namespace(name, { team: 'red' })), ...objects]);
