/**
 * Policies that an agent may refuse: one rule each, made of parts that are right, borderline, or wrong.
 */
import { pick, type Random } from '../../support/hostile-random.ts';
import { chance, maybe, several, weighted } from './chance.ts';
import { ciliumNetworkPolicy, clusterwidePolicy } from './cilium-policy.ts';
import { withOddPlace } from './broken-json.ts';
import type { Json } from './json.ts';
import { oddICMP, oddPorts, text } from './odd-ports.ts';

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
/** Keys that some minor reads in its own way. */
const TELLING_KEYS = [
  'app',
  'x-y',
  'k8s:app',
  'any:app',
  'reserved.app',
  'reserved.host',
  '$app',
  'app=',
  '-app',
  'io.kubernetes.pod.namespace',
  'k8s:io.kubernetes.pod.namespace',
];
const GROUP_KEYS = ['k8s:role', 'any:role', 'cidrgroup:role', 'role'];
const EXTENDED_PROTOCOLS = ['GRE', 'IPIP', 'IPv6', 'ESP', 'AH', 'VRRP', 'IGMP'];
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
const ENTITIES = ['cluster-mesh', 'cluster-mesh', 'world', 'host', 'bogus', ''];
const LENGTHS = ['', '/8', '/0', '/32', '/33', '/08', '/128', '/129', '/-1', '/', '/8/8', '/ 8', '/+8', '/24'];
const NAME_TOKENS = ['a', 'example', '.', '*', '**', '-', '_', 'com', ' ', '+', '..', 'x'.repeat(100), '%', 'A'];
export function sanitizeQuestion(random: Random): Json {
  const object = policy(random);
  return {
    op: 'sanitize',
    kind: object['kind'],
    object: chance(0.15, random) ? withOddPlace(object, random) : object,
    policyClusterName: chance(0.5, random) ? '' : 'default',
    options: {
      ...maybe(0.1, random, () => ({ nodeSelectorLabels: true })),
      ...maybe(0.05, random, () => ({ l7Proxy: false })),
      ...maybe(0.05, random, () => ({ nonDefaultDeny: false })),
      ...maybe(0.03, random, () => ({ icmpRules: false })),
      ...maybe(namesExtendedProtocol(object) ? 0.7 : 0.1, random, () => ({ extendedIPProtocols: true })),
    },
  };
}

function namesExtendedProtocol(object: Json): boolean {
  const text = JSON.stringify(object);
  return EXTENDED_PROTOCOLS.some((protocol) => text.includes(`"${protocol}"`));
}

function policy(random: Random): Json {
  const clusterwide = chance(0.3, random);
  if (chance(0.7, random)) return oddPolicy(clusterwide, random);
  return clusterwide ? clusterwidePolicy('p', random) : ciliumNetworkPolicy('p', 'shop', random);
}

function oddPolicy(clusterwide: boolean, random: Random): Json {
  const field = pick(['ingress', 'egress', 'egress', 'egressDeny', 'ingressDeny'], random);
  const spec = {
    endpointSelector: chance(0.75, random) ? {} : oddSelector(random),
    [field]: [oddRule(field.startsWith('in') ? 'from' : 'to', random)],
  };
  return {
    apiVersion: 'cilium.io/v2',
    kind: clusterwide ? 'CiliumClusterwideNetworkPolicy' : 'CiliumNetworkPolicy',
    metadata: { name: 'p', ...(clusterwide ? {} : { namespace: 'shop' }) },
    spec: {
      ...spec,
      ...maybe(0.05, random, () => ({ log: { value: 'x'.repeat(31 + Math.floor(random() * 3)) } })),
      ...maybe(0.03, random, () => ({ labels: [{ key: 'a', value: 'b', source: 'k8s' }], description: 'x' })),
      ...maybe(0.05, random, () => ({ enableDefaultDeny: pick([{ ingress: false }, { egress: true }, {}], random) })),
    },
  };
}

function oddRule(prefix: 'from' | 'to', random: Random): Json {
  return weighted<Json>(
    [
      [66, (random) => ({ [`${prefix}Endpoints`]: [oddSelector(random)] })],
      [52, (random) => ({ toPorts: [oddPorts(random)] })],
      [92, (random) => ({ toPorts: [{ ports: [extendedPort(random)] }] })],
      [20, (random) => ({ [`${prefix}Entities`]: [pick(ENTITIES, random)] })],
      [8, (random) => ({ [`${prefix}CIDR`]: [prefixText(random)] })],
      [36, (random) => ({ [`${prefix}CIDRSet`]: [oddCIDRRule(random)] })],
      [8, (random) => ({ toFQDNs: [oddName(random)] })],
      [
        8,
        (random) => ({
          icmps: [{ fields: several(2, random, oddICMP) }],
          ...maybe(0.1, random, () => ({ toPorts: [{ ports: [{ port: '80' }] }] })),
        }),
      ],
      [4, (random) => ({ [`${prefix}Nodes`]: [oddSelector(random)] })],
      [
        14,
        (random) => ({
          [`${prefix}Requires`]: pick<unknown>([[], [{}], [{ matchLabels: { app: 'x' } }], ['x'], null], random),
        }),
      ],
      [2, (random) => ({ [`${prefix}Groups`]: pick<unknown>([[], [{}], [{ aws: { region: 'x' } }]], random) })],
      [
        2,
        (random) => ({ authentication: { mode: pick(['required', 'disabled', 'test-always-fail', 'x', ''], random) } }),
      ],
      [
        4,
        (random) => ({
          toServices: pick<unknown>(
            [
              [],
              [{}],
              [{ k8sService: { serviceName: 'x' } }],
              [{ k8sServiceSelector: {} }],
              [{ k8sServiceSelector: { selector: oddSelector(random) } }],
            ],
            random,
          ),
        }),
      ],
      [2, (random) => ({ ...oddRule(prefix, random), ...oddRule(prefix, random) })],
    ],
    random,
  );
}

/** Without a port, as they are taken; seldom with one. */
function extendedPort(random: Random): Json {
  return { port: pick(['0', '0', '', '', '', '80'], random), protocol: pick(EXTENDED_PROTOCOLS, random) };
}

function oddSelector(random: Random): Json {
  const key = chance(0.65, random) ? pick(TELLING_KEYS, random) : text(KEY_TOKENS, 4, random);
  const value = chance(0.6, random) ? pick(['x', '', 'web'], random) : text(KEY_TOKENS, 3, random);
  if (chance(0.5, random)) return { matchLabels: { [key]: value } };
  const operator = pick(['In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'in', ''], random);
  return {
    matchExpressions: [
      { key, operator, ...maybe(0.6, random, () => ({ values: pick([[value], [value, 'b'], []], random) })) },
    ],
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
      [5, (random) => ({ cidr: '10.1.0.0/16', except: [pick(['10.0.0.0/8', '10.1.0.0/16'], random)] })],
      [2, (random) => ({ cidrGroupSelector: oddSelector(random) })],
      [2, (random) => ({ cidrGroupSelector: { matchLabels: { [pick(GROUP_KEYS, random)]: 'x' } } })],
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
