/**
 * The peer part of a rule of a Cilium policy.
 */
import { pick, type Random } from '../../support/hostile-random.ts';
import { chance, maybe, several, weighted } from './chance.ts';
import type { Json } from './json.ts';
import { providerGroup } from './provider-groups.ts';
import { endpointSelector } from './selector.ts';
import { serviceReferences } from './services.ts';

export interface RuleSide {
  readonly prefix: 'from' | 'to';
  readonly deny: boolean;
}

const ENTITIES = [
  'all',
  'world',
  'cluster',
  'host',
  'remote-node',
  'kube-apiserver',
  'init',
  'ingress',
  'health',
  'unmanaged',
  'none',
];
const RARE_ENTITIES = ['cluster-mesh', 'world-ipv4', 'world-ipv6', 'bogus', ''];

const PREFIXES = [
  '0.0.0.0/0',
  '10.0.0.0/8',
  '10.1.0.0/16',
  '10.1.2.0/24',
  '10.1.2.3/32',
  '10.1.0.7/16',
  '8.8.8.8/32',
  '8.8.8.0/24',
  '192.168.0.0/16',
  '::/0',
  'fd00::/8',
  'fd00:1::/32',
  '2001:db8::1/128',
];
const ODD_PREFIXES = [
  '::ffff:10.0.0.0/104',
  '10.0.0.5',
  'fd00::1',
  '10.0.0.0/33',
  '010.0.0.0/8',
  '10.0.0.0/08',
  'x',
  '',
  '10.0.0.0/8/8',
  'fe80::1%eth0/64',
];
/** For each prefix of a rule what lies inside; the last of each does not. */
const EXCEPTS: readonly (readonly [cidr: string, excepts: readonly string[]])[] = [
  ['0.0.0.0/0', ['10.0.0.0/8', '10.1.2.3/32', '8.8.8.8/32', 'fd00::/8']],
  ['10.0.0.0/8', ['10.1.0.0/16', '10.1.2.0/24', '10.1.2.3/32', '10.128.0.0/9', '10.0.0.0/8', '11.0.0.0/8']],
  ['10.1.0.7/16', ['10.1.2.0/24', '10.1.2.3/32', '10.0.0.0/8']],
  ['10.1.2.0/24', ['10.1.2.3/32', '10.1.3.0/24']],
  ['8.8.8.0/24', ['8.8.8.8/32', '8.8.9.0/24']],
  ['::/0', ['fd00::/8', 'fd00:1::/32', '10.0.0.0/8']],
  ['fd00::/8', ['fd00:1::/32', '::/0']],
];
const NAMES = ['api.example.com', 'www.example.com', 'example.com', 'API.Example.com.', 'other.test'];
const PATTERNS = ['*.example.com', '*', '**.example.com', 'api.*', '*.*.com', 'a*.example.com'];

export function peers(side: RuleSide, random: Random): Json {
  const { prefix } = side;
  const list =
    (field: string, limit: number, make: (random: Random) => unknown) =>
    (random: Random): Json => ({
      [`${prefix}${field}`]: chance(0.04, random) ? [] : several(limit, random, make),
    });
  return weighted(
    [
      [12, () => ({})],
      [30, list('Endpoints', 3, endpointSelector)],
      [20, list('Entities', 3, entity)],
      [14, list('CIDR', 3, prefixText)],
      [16, list('CIDRSet', 2, cidrRule)],
      [1, list('Nodes', 1, endpointSelector)],
      [2, list('Groups', 2, providerGroup)],
      [
        0.3,
        (random) => ({ ...list('Endpoints', 1, endpointSelector)(random), ...list('Entities', 1, entity)(random) }),
      ],
      ...(prefix === 'to' ? egressOnly(side) : []),
    ],
    random,
  );
}

function egressOnly({ deny }: RuleSide): readonly (readonly [number, (random: Random) => Json])[] {
  const names = (random: Random): Json => ({ toFQDNs: chance(0.1, random) ? [] : several(2, random, dnsName) });
  return [
    [5, serviceReferences],
    [deny ? 0.2 : 6, names],
  ];
}

function entity(random: Random): string {
  return pick(chance(0.99, random) ? ENTITIES : RARE_ENTITIES, random);
}

function prefixText(random: Random): string {
  return pick(chance(0.997, random) ? PREFIXES : ODD_PREFIXES, random);
}

function dnsName(random: Random): Json {
  return chance(0.5, random) ? { matchName: pick(NAMES, random) } : { matchPattern: pick(PATTERNS, random) };
}

function cidrRule(random: Random): Json {
  return weighted<Json>(
    [
      [5, (random) => ({ cidr: prefixText(random) })],
      [5, prefixWithExcepts],
      [2, (random) => ({ cidrGroupRef: pick(['g', 'h', 'nope'], random), ...groupExcepts(random) })],
      [2, (random) => ({ cidrGroupSelector: groupSelector(random), ...groupExcepts(random) })],
      [0.05, () => ({})],
    ],
    random,
  );
}

function prefixWithExcepts(random: Random): Json {
  const [cidr, excepts] = pick(EXCEPTS, random);
  const inside = excepts.slice(0, -1);
  return { cidr, except: several(2, random, (random) => pick(chance(0.98, random) ? inside : excepts, random)) };
}

const GROUP_KEYS = ['role', 'zone', 'nope', 'cidrgroup:role', 'io.cilium.policy.cidrgroupname/g'];
/** Until 1.19 they are keys of a CIDR group like any other, and refused. */
const FOREIGN_GROUP_KEYS = [
  'k8s:role',
  'any:role',
  '$world',
  'reserved:world-ipv4',
  'cidr:10.1.0.0/16',
  'cidr:0.0.0.0/0',
];

/** Nothing checks the excepts of a group. */
function groupExcepts(random: Random): Json {
  return maybe(0.3, random, () => ({
    except: several(2, random, (random) => pick(['10.1.0.0/16', '172.16.0.0/24'], random)),
  }));
}

function groupSelector(random: Random): Json {
  const key = pick(chance(0.8, random) ? GROUP_KEYS : FOREIGN_GROUP_KEYS, random);
  const operator = pick(['In', 'NotIn', 'Exists', 'DoesNotExist'], random);
  const values =
    operator === 'In' || operator === 'NotIn'
      ? { values: several(2, random, (random) => pick(['x', 'y', ''], random)) }
      : {};
  return weighted<Json>(
    [
      [1, () => ({})],
      [3, (random) => ({ matchLabels: { [key]: pick(['x', 'y', ''], random) } })],
      [3, () => ({ matchExpressions: [{ key, operator, ...values }] })],
    ],
    random,
  );
}
