/**
 * Policies that an agent may refuse: one rule each, made of parts that are right, borderline, or wrong.
 */
import { pick, type Random } from '../../support/hostile-random.ts';
import { chance, maybe, several, weighted } from './chance.ts';
import { ciliumNetworkPolicy, clusterwidePolicy } from './cilium-policy.ts';
import type { Json } from './json.ts';

const KEY_TOKENS = [
  'a',
  'app',
  'k8s',
  'any',
  'reserved',
  'x-y',
  'x_y',
  'x.y',
  'X',
  '0',
  '-',
  '_',
  '.',
  '/',
  ':',
  '$',
  '=',
  '+',
  ' ',
  '@',
  'kubernetes.io',
  'b'.repeat(45),
  'c'.repeat(63),
  'é',
  '--',
];
const PORT_TOKENS = [
  '8',
  '0',
  '80',
  'x',
  'X',
  '_',
  '-',
  'http',
  '0x',
  '0b1',
  '0o7',
  '1_0',
  ' ',
  '+',
  '65535',
  '65536',
  'a',
  '--',
];
const ADDRESSES = [
  '10.0.0.0',
  '010.0.0.0',
  '10.0.0',
  '256.0.0.1',
  '1.2.3.4',
  'fd00::',
  '::',
  '::1',
  'fe80::1%eth0',
  '1:2:3:4:5:6:7:8',
  '1:2:3:4:5:6:7:8:9',
  '1::2::3',
  '',
  ' 1.2.3.4',
  '::ffff:1.2.3.4',
  '1:2:3:4:5:6:1.2.3.4',
];
const LENGTHS = ['', '/8', '/0', '/32', '/33', '/08', '/128', '/129', '/-1', '/', '/8/8', '/ 8', '/+8', '/24'];
const NAME_TOKENS = ['a', 'example', '.', '*', '**', '-', '_', 'com', ' ', '+', '..', 'x'.repeat(100), '%', 'A'];
const PROTOCOLS = [
  'TCP',
  'tcp',
  'Udp',
  'ANY',
  '',
  'ICMP',
  'ICMPv6',
  'VRRP',
  'vrrp',
  'IGMP',
  'GRE',
  'IPv6',
  'ESP',
  'x',
  'SCTP',
];
const RULES: readonly Json[] = [
  { http: [{}] },
  { dns: [{ matchPattern: '*' }] },
  { http: [] },
  { dns: [] },
  { http: [{}], dns: [] },
  { l7proto: 'x' },
  { l7: [{ a: 'b' }] },
  { l7proto: 'x', l7: [{ a: 'b' }] },
  { http: [{ path: '(' }] },
  { http: [{ method: 'GET|(?=x)' }] },
  { http: [{ host: '[' }] },
  { dns: [{ matchName: '' }] },
  { dns: [{ matchName: 'a', matchPattern: 'b' }] },
  { http: [{ headers: ['X: y', ''] }] },
  { http: [{ headerMatches: [{ name: 'a', mismatch: 'LOG' }] }] },
  { kafka: [{ role: 'produce' }] },
  { kafka: [{ role: 'x' }] },
  {},
];

export function sanitizeQuestion(random: Random): Json {
  const clusterwide = chance(0.3, random);
  const object = chance(0.3, random)
    ? clusterwide
      ? clusterwidePolicy('p', random)
      : ciliumNetworkPolicy('p', 'shop', random)
    : oddPolicy(clusterwide, random);
  return {
    op: 'sanitize',
    kind: object['kind'],
    object,
    policyClusterName: chance(0.5, random) ? '' : 'default',
    options: {
      ...maybe(0.1, random, () => ({ nodeSelectorLabels: true })),
      ...maybe(0.05, random, () => ({ l7Proxy: false })),
      ...maybe(0.05, random, () => ({ nonDefaultDeny: false })),
    },
  };
}

function oddPolicy(clusterwide: boolean, random: Random): Json {
  const field = pick(['ingress', 'egress', 'egress', 'egressDeny', 'ingressDeny'], random);
  const spec = {
    endpointSelector: chance(0.9, random) ? {} : { matchLabels: { [text(KEY_TOKENS, 4, random)]: 'x' } },
    [field]: [oddRule(field.startsWith('in') ? 'from' : 'to', random)],
  };
  return {
    apiVersion: 'cilium.io/v2',
    kind: clusterwide ? 'CiliumClusterwideNetworkPolicy' : 'CiliumNetworkPolicy',
    metadata: { name: 'p', ...(clusterwide ? {} : { namespace: 'shop' }) },
    spec: { ...spec, ...maybe(0.05, random, () => ({ log: { value: 'x'.repeat(31 + Math.floor(random() * 3)) } })) },
  };
}

function oddRule(prefix: 'from' | 'to', random: Random): Json {
  return weighted<Json>(
    [
      [30, (random) => ({ [`${prefix}Endpoints`]: [oddSelector(random)] })],
      [20, (random) => ({ toPorts: [oddPorts(random)] })],
      [8, (random) => ({ [`${prefix}CIDR`]: [prefixText(random)] })],
      [10, (random) => ({ [`${prefix}CIDRSet`]: [oddCIDRRule(random)] })],
      [8, (random) => ({ toFQDNs: [oddName(random)] })],
      [
        8,
        (random) => ({
          icmps: [{ fields: several(2, random, oddICMP) }],
          ...maybe(0.1, random, () => ({ toPorts: [{ ports: [{ port: '80' }] }] })),
        }),
      ],
      [4, (random) => ({ [`${prefix}Nodes`]: [oddSelector(random)] })],
      [2, (random) => ({ [`${prefix}Requires`]: pick<unknown>([[], [{}], ['x'], null], random) })],
      [2, (random) => ({ [`${prefix}Groups`]: pick<unknown>([[], [{}], [{ aws: { region: 'x' } }]], random) })],
      [
        2,
        (random) => ({ authentication: { mode: pick(['required', 'disabled', 'test-always-fail', 'x', ''], random) } }),
      ],
      [
        2,
        (random) => ({
          toServices: pick<unknown>(
            [[], [{}], [{ k8sServiceSelector: { selector: { matchLabels: { a: 'b' } } } }]],
            random,
          ),
        }),
      ],
      [2, (random) => ({ ...oddRule(prefix, random), ...oddRule(prefix, random) })],
    ],
    random,
  );
}

function text(tokens: readonly string[], limit: number, random: Random): string {
  return several(limit, random, (random) => pick(tokens, random)).join('');
}

function oddSelector(random: Random): Json {
  const key = text(KEY_TOKENS, 4, random);
  const value = chance(0.6, random) ? pick(['x', '', 'web'], random) : text(KEY_TOKENS, 3, random);
  if (chance(0.5, random)) return { matchLabels: { [key]: value } };
  const operator = pick(['In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'in', ''], random);
  return {
    matchExpressions: [
      { key, operator, ...maybe(0.6, random, () => ({ values: pick([[value], [value, 'b'], []], random) })) },
    ],
  };
}

function oddPorts(random: Random): Json {
  const port = {
    port: chance(0.05, random) ? '' : text(PORT_TOKENS, 3, random),
    protocol: pick(PROTOCOLS, random),
    ...maybe(0.3, random, () => ({ endPort: pick([0, 1, 80, 65_535, 100], random) })),
  };
  const plain = { port: '80', protocol: 'TCP' };
  return {
    ports: chance(0.7, random) ? [port] : [plain],
    ...maybe(0.35, random, () => ({ rules: pick(RULES, random) })),
    ...maybe(0.08, random, () => ({ serverNames: pick([[''], ['a.b'], [], ['*.a.b'], ['**']], random) })),
    ...maybe(0.05, random, () => ({ terminatingTLS: { secret: { name: 's' } } })),
    ...maybe(0.05, random, () => ({
      listener: { envoyConfig: { name: 'e', kind: pick(['CiliumEnvoyConfig', 'x', ''], random) }, name: 'l' },
    })),
  };
}

function prefixText(random: Random): string {
  return `${pick(ADDRESSES, random)}${pick(LENGTHS, random)}`;
}

function oddCIDRRule(random: Random): Json {
  return weighted<Json>(
    [
      [3, (random) => ({ cidr: prefixText(random), ...maybe(0.5, random, () => ({ except: [prefixText(random)] })) })],
      [1, (random) => ({ cidrGroupRef: pick(['g', ''], random), ...maybe(0.5, random, () => ({ except: ['junk'] })) })],
      [1, (random) => ({ cidrGroupSelector: oddSelector(random) })],
      [
        1,
        (random) =>
          pick<Json>(
            [
              {},
              { cidr: '10.0.0.0/8', cidrGroupRef: 'g' },
              { cidrGroupSelector: {}, except: ['10.0.0.0/8'] },
              { cidrGroupSelector: {}, cidr: '10.0.0.0/8' },
            ],
            random,
          ),
      ],
    ],
    random,
  );
}

function oddName(random: Random): Json {
  return weighted<Json>(
    [
      [4, (random) => ({ matchName: text(NAME_TOKENS, 5, random) })],
      [4, (random) => ({ matchPattern: text(NAME_TOKENS, 5, random) })],
      [1, () => ({ matchName: 'a', matchPattern: 'b' })],
      [1, () => ({})],
    ],
    random,
  );
}

function oddICMP(random: Random): Json {
  return {
    type: pick<number | string>([8, 0, 'EchoRequest', 'EchoReply', 300, -1, '8', 'x', ''], random),
    ...maybe(0.7, random, () => ({ family: pick(['IPv4', 'IPv6', '', 'ipv4'], random) })),
  };
}
