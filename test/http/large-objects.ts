/**
 * Objects as large as a tenant can make them, each to strain another part: reading, parsing, proofs, counts, fixes.
 */
import { reviewBody } from '../support/http-reviews.ts';
import { requestFor, stored } from '../support/cluster-webhook.ts';
import { clusterNetworkPolicy, clusterwidePolicy, pod, policy, type Json } from '../support/objects.ts';

export interface LargeObject {
  readonly says: string;
  /** Of a review with uid `large`; made when asked for, some are megabytes. */
  readonly body: () => string;
}

const MB = 1_000_000;

function list<Item>(length: number, make: (index: number) => Item): readonly Item[] {
  return Array.from({ length }, (_, index) => make(index));
}

function labels(length: number, prefix: string): Readonly<Record<string, string>> {
  return Object.fromEntries(list(length, (index) => [`${prefix}${index}`, 'value']));
}

const large = (says: string, make: () => Json): LargeObject => ({
  says,
  body: () => reviewBody(requestFor('large', stored(make()))),
});
const podOf = (says: string, own: () => Readonly<Record<string, string>>, rest: () => Json = () => ({})): LargeObject =>
  large(says, () => pod('team-a/large', own(), rest()));
const egress = (says: string, rules: () => readonly Json[]): LargeObject =>
  large(says, () => policy('team-a/large', { endpointSelector: {}, egress: rules() }));
const ingress = (says: string, rules: () => readonly Json[]): LargeObject =>
  large(says, () => policy('team-a/large', { endpointSelector: {}, ingress: rules() }));

/** As text: JSON.parse reads what is nested this deep, JSON.stringify cannot write it. */
function deep(says: string, object: Json): LargeObject {
  const levels = 5_000;
  const nested = `${'{"a":['.repeat(levels)}1${']}'.repeat(levels)}`;
  return { says, body: () => reviewBody(requestFor('large', stored(object))).replace('"DEEP"', nested) };
}

const network = (index: number): string => `10.${index >> 8}.${index & 255}.0/24`;
const network6 = (index: number): string => `2001:db8:${index.toString(16)}::/48`;
const ranges = (first: number, last: (index: number) => number, protocol = 'TCP'): Json => ({
  ports: list(40, (index) => ({ port: String(first + index * 40), endPort: last(first + index * 40), protocol })),
});
/** In lists of 40, as many as the API server takes in one. */
const ports = (length: number): readonly Json[] =>
  list(length / 40, (index) => ({
    ports: list(40, (port) => ({ port: String(1 + index * 40 + port), protocol: 'TCP' })),
  }));
const labelled = (app: string): Json => ({ matchLabels: { app } });
const notIn = (key: string, values: readonly string[]): Json => ({
  matchExpressions: [{ key, operator: 'NotIn', values }],
});

export const LARGE_OBJECTS: readonly LargeObject[] = [
  podOf('10,000 labels', () => labels(10_000, 'key-')),
  podOf('10,000 labels that Cilium owns', () => labels(10_000, 'io.cilium.k8s.x-')),
  podOf('a label key of 1 MB', () => ({ ['k'.repeat(MB)]: 'v' })),
  podOf('a label value of 1 MB', () => ({ app: 'v'.repeat(MB) })),
  podOf(
    '50,000 named ports',
    () => ({ app: 'web' }),
    () => ({ spec: { containers: [{ ports: list(50_000, (n) => ({ name: `p${n}`, containerPort: n + 1 })) }] } }),
  ),
  deep('5,000 levels in a field that nobody reads', { ...pod('team-a/large', { app: 'web' }), extra: 'DEEP' }),
  deep('5,000 levels as a label', pod('team-a/large', { app: 'DEEP' })),
  deep('5,000 levels as a spec', { ...pod('team-a/large'), spec: 'DEEP' }),
  deep('5,000 levels as a rule', policy('team-a/large', { endpointSelector: {}, egress: ['DEEP'] })),

  egress('20,000 CIDRs', () => [{ toCIDR: list(20_000, network) }]),
  egress('20,000 IPv6 CIDRs', () => [{ toCIDR: list(20_000, network6) }]),
  egress('the world but for 20,000 CIDRs', () => [
    { toCIDRSet: [{ cidr: '0.0.0.0/0', except: list(20_000, network) }] },
  ]),
  egress('20,000 times the world but for one CIDR', () => [
    { toCIDRSet: list(20_000, (index) => ({ cidr: '0.0.0.0/0', except: [network(index)] })) },
  ]),
  egress('600 addresses with every prefix around them', () => [
    { toCIDR: list(600, (index) => list(32, (bits) => `10.${index >> 8}.${index & 255}.3/${bits + 1}`)).flat() },
  ]),
  large('20,000 CIDRs in a clusterwide deny', () =>
    clusterwidePolicy('large', { endpointSelector: {}, egressDeny: [{ toCIDR: list(20_000, network) }] }),
  ),
  large('20,000 CIDRs in a NetworkPolicy', () =>
    policy(
      'team-a/large',
      { podSelector: {}, egress: [{ to: list(20_000, (index) => ({ ipBlock: { cidr: network(index) } })) }] },
      'NetworkPolicy',
    ),
  ),

  egress('3,000 rules with 40 ranges each', () =>
    list(3_000, (index) => ({
      toEndpoints: [labelled(`a${index % 50}`)],
      toPorts: [ranges(index, (first) => first + 1 + (index % 999))],
    })),
  ),
  ingress('3,000 rules with 40 wide ranges each', () =>
    list(3_000, (index) => ({ fromEndpoints: [labelled(`a${index % 50}`)], toPorts: [ranges(index, () => 65_534)] })),
  ),
  egress('3,000 rules with 40 ranges each of every protocol', () =>
    list(3_000, (index) => ({ toEndpoints: [{}], toPorts: [ranges(index, () => 65_534, 'ANY')] })),
  ),
  egress('the same 40 ports in 3,000 rules', () =>
    list(3_000, () => ({ toEndpoints: [{}], toPorts: [ranges(1, (first) => first)] })),
  ),
  egress('one rule with 60,000 ports', () => [
    { toEndpoints: [{}], toPorts: list(1_500, (index) => ranges(1 + index * 40, (first) => first, 'ANY')) },
  ]),
  egress('2,000 CIDRs with 2,000 ports, of which no deny is about any', () => [
    { toCIDR: list(2_000, network), toPorts: ports(2_000) },
  ]),
  egress('2,000 denied CIDRs with 2,000 ports', () => [
    { toCIDR: list(2_000, (index) => `192.0.2.${index & 255}/32`), toPorts: ports(2_000) },
  ]),
  egress('8,000 CIDRs with 8,000 ports', () => [{ toCIDR: list(8_000, network), toPorts: ports(8_000) }]),
  egress('2,000 denied peers with 2,000 ports', () => [
    {
      toEndpoints: list(2_000, (index) => ({ matchLabels: { app: 'db', tier: `t${index}` } })),
      toPorts: ports(2_000),
    },
  ]),
  large('3,000 CIDRs with 3,000 ports in a NetworkPolicy', () =>
    policy(
      'team-a/large',
      {
        podSelector: {},
        egress: [
          {
            to: list(3_000, (index) => ({ ipBlock: { cidr: network(index) } })),
            ports: list(3_000, (index) => ({ port: 1 + index, protocol: 'TCP' })),
          },
        ],
      },
      'NetworkPolicy',
    ),
  ),
  egress('200 dead ports before 20,000 CIDRs', () => [
    { toCIDR: ['169.254.169.254/32'], toPorts: ports(200) },
    { toCIDR: list(20_000, network) },
  ]),
  egress('200 dead ports of a CIDR with 20,000 exceptions', () => [
    { toCIDRSet: [{ cidr: '169.254.169.254/32' }], toPorts: ports(200) },
    { toCIDRSet: [{ cidr: '10.0.0.0/8', except: list(20_000, network) }] },
  ]),
  egress('5,000 dead rules', () =>
    list(5_000, (index) => ({
      toCIDR: ['169.254.169.254/32'],
      toPorts: [{ ports: [{ port: String(index + 1), protocol: 'TCP' }] }],
    })),
  ),
  large('3,000 rules with 40 ranges each in a NetworkPolicy', () =>
    policy(
      'team-a/large',
      {
        podSelector: {},
        egress: list(3_000, (index) => ({
          to: [{ ipBlock: { cidr: network(index) } }],
          ports: list(40, (port) => ({ port: 1 + port * 7, endPort: 3 + port * 100, protocol: 'TCP' })),
        })),
      },
      'NetworkPolicy',
    ),
  ),
  large('3,000 subjects', () => ({
    ...policy('team-a/large', {}),
    spec: undefined,
    specs: list(3_000, (index) => ({ endpointSelector: labelled(`a${index}`), egress: [{ toEndpoints: [{}] }] })),
  })),

  egress('20,000 peers', () => [{ toEndpoints: list(20_000, (index) => labelled(`x${index}`)) }]),
  egress('20,000 times the same entity', () => [{ toEntities: list(20_000, () => 'cluster') }]),
  egress('20,000 names', () => [{ toFQDNs: list(20_000, (index) => ({ matchName: `a${index}.example.com` })) }]),
  egress('a peer with 10,000 requirements', () => [
    {
      toEndpoints: [
        { matchExpressions: list(10_000, (index) => ({ key: `k${index}`, operator: 'NotIn', values: ['a', 'b'] })) },
      ],
    },
  ]),
  egress('20 peers that leave out 5,000 values each', () => [
    {
      toEndpoints: list(20, (peer) =>
        notIn(
          'app',
          list(5_000, (index) => `v${peer}-${index}`),
        ),
      ),
    },
  ]),
  egress('a peer that leaves out 100,000 values', () => [
    {
      toEndpoints: [
        notIn(
          'app',
          list(100_000, (index) => `v${index}`),
        ),
      ],
    },
  ]),
  egress('10,000 references to Services', () => [
    { toServices: list(10_000, (index) => ({ k8sService: { serviceName: `s${index}`, namespace: 'team-a' } })) },
  ]),
  egress('10,000 rules with a reference to Services each', () =>
    list(10_000, (index) => ({
      toServices: [{ k8sServiceSelector: { selector: notIn('app', [`v${index}`]) } }],
    })),
  ),
  egress('20,000 patterns of names', () => [
    {
      toFQDNs: list(20_000, (index) => ({ matchPattern: `${'*a'.repeat(30)}*.x${index}.example.com` })),
    },
  ]),
  egress('2,000 patterns of 250 stars', () => [
    { toFQDNs: list(2_000, (index) => ({ matchPattern: `${'*'.repeat(250)}${index}` })) },
  ]),
  ingress('10,000 names of ports', () =>
    list(250, (rule) => ({
      fromEndpoints: [{}],
      toPorts: [{ ports: list(40, (index) => ({ port: `p-${rule * 40 + index}`, protocol: 'TCP' })) }],
    })),
  ),
  egress('10,000 names of ports, of the cluster', () =>
    list(250, (rule) => ({
      toEndpoints: [labelled(`a${rule}`)],
      toPorts: [{ ports: list(40, (index) => ({ port: `p-${rule * 40 + index}`, protocol: 'ANY' })) }],
    })),
  ),
  egress('5,000 rules that ask for authentication, in turn', () =>
    list(5_000, (index) => ({
      toEndpoints: [labelled(`a${index % 50}`)],
      authentication: { mode: index % 2 === 0 ? 'disabled' : 'required' },
      toPorts: [{ ports: [{ port: String(1 + (index % 2_000)), protocol: 'TCP' }] }],
    })),
  ),
  egress('2,000 peers and 2,000 ports of which every other asks for authentication', () => [
    {
      toEndpoints: list(2_000, (index) => labelled(`a${index}`)),
      toPorts: ports(2_000),
      authentication: { mode: 'required' },
    },
    { toEndpoints: list(2_000, (index) => labelled(`a${index}`)), toPorts: ports(2_000) },
  ]),
  large('10,000 rules of a ClusterNetworkPolicy', () =>
    clusterNetworkPolicy('large', {
      egress: list(10_000, (index) => ({
        action: (['Accept', 'Deny'] as const)[index % 2],
        to: [{ networks: [network(index)] }, { namespaces: labelled(`a${index}`) }],
        protocols: [{ tcp: { destinationPort: { number: 1 + index } } }],
      })),
    }),
  ),
  large('10,000 rules of a ClusterNetworkPolicy for the same port, in turn', () =>
    clusterNetworkPolicy('large', {
      ingress: list(10_000, (index) => ({
        action: (['Accept', 'Deny'] as const)[index % 2],
        from: [{ namespaces: {} }],
        protocols: [{ tcp: { destinationPort: { range: { start: 1 + index, end: 60_000 } } } }],
      })),
    }),
  ),
  large('20,000 nodes that a host policy selects', () =>
    clusterwidePolicy('large', {
      nodeSelector: notIn(
        'app',
        list(20_000, (index) => `v${index}`),
      ),
      ingress: [{ fromNodes: list(10_000, (index) => labelled(`a${index}`)) }],
    }),
  ),
  egress('5,000 peers, each with a key of its own', () => [
    {
      toEndpoints: list(5_000, (index) => ({
        matchExpressions: [
          { key: `x${index}`, operator: 'DoesNotExist' },
          { key: 'k8s:io.kubernetes.pod.namespace', operator: 'NotIn', values: [`n${index}`] },
        ],
      })),
    },
  ]),
];
