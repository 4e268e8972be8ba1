/**
 * Ports, protocols, rules for layer 7 and ICMP fields of a rule: right, borderline, or wrong.
 */
import { pick, type Random } from '../../support/hostile-random.ts';
import { chance, maybe, several, weighted } from './chance.ts';
import type { Json } from './json.ts';

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
const EXPRESSION_TOKENS = [
  'a',
  '/',
  '(',
  ')',
  '(?P<n>a)',
  '(?<n>b)',
  '(?:',
  '[',
  ']',
  '*',
  '+',
  '{2}',
  '\\',
  'Q',
  '\\p{Lu}',
  '|',
  '^',
  '(?i)',
  '(?=',
];
const HEADER_MATCHES: readonly unknown[] = [
  {},
  { name: 'a' },
  { name: 'a', mismatch: 'log' },
  { name: 'a', mismatch: 'REPLACE', value: 'x' },
  { name: 'a', secret: {} },
  { name: 'a', secret: { name: 's', namespace: 'n' } },
];
const RULES: readonly Json[] = [
  { http: [{}] },
  { dns: [{ matchPattern: '*' }] },
  { http: [] },
  { dns: [] },
  { http: [{}], dns: [] },
  { l7proto: 'x' },
  { l7proto: 'z', l7: [{}] },
  { l7proto: 'x' },
  { l7: [{ a: 'b' }] },
  { l7proto: 'x', l7: [{ a: 'b' }] },
  { l7proto: 'y', l7: [{ a: 'b', c: '' }] },
  { http: [{ path: '(' }] },
  { http: [{ method: 'GET|(?=x)' }] },
  { http: [{ host: '[' }] },
  { dns: [{ matchName: '' }] },
  { dns: [{ matchName: 'a', matchPattern: 'b' }] },
  { http: [{ headers: ['X: y', ''] }] },
  { http: [{ headerMatches: [{ name: 'a', mismatch: 'LOG' }] }] },
  { kafka: [{ role: 'produce' }] },
  { kafka: [{ role: 'produce', topic: 't' }] },
  { kafka: [{ apiKey: 'fetch' }] },
  { kafka: [{ role: 'x' }] },
  {},
];

/** Up to `limit` tokens in a row. */
export function text(tokens: readonly string[], limit: number, random: Random): string {
  return several(limit, random, (random) => pick(tokens, random)).join('');
}

export function oddPorts(random: Random): Json {
  const port = {
    port: chance(0.2, random) ? pick(['', '0', '0', '0'], random) : text(PORT_TOKENS, 3, random),
    protocol: pick(PROTOCOLS, random),
    ...maybe(0.3, random, () => ({ endPort: pick([0, 1, 80, 65_535, 100], random) })),
  };
  const plain = { port: '80', protocol: 'TCP' };
  return {
    ports: chance(0.7, random) ? [port] : [plain],
    ...maybe(0.45, random, () => ({ rules: oddRules(random) })),
    ...maybe(0.08, random, () => ({ serverNames: pick([[''], ['a.b'], [], ['*.a.b'], ['**']], random) })),
    ...maybe(0.05, random, () => ({ terminatingTLS: { secret: { name: 's' } } })),
    ...maybe(0.05, random, () => ({
      listener: { envoyConfig: { name: 'e', kind: pick(['CiliumEnvoyConfig', 'x', ''], random) }, name: 'l' },
    })),
  };
}

function oddRules(random: Random): Json {
  if (chance(0.5, random)) return pick(RULES, random);
  return weighted<Json>(
    [
      [3, (random) => ({ http: [{ [pick(['path', 'method', 'host'], random)]: text(EXPRESSION_TOKENS, 6, random) }] })],
      [1, (random) => ({ http: [{ headerMatches: several(2, random, (random) => pick(HEADER_MATCHES, random)) }] })],
      [1, (random) => ({ dns: [{ matchName: pick(['a', 'a_b', '*', 'a b', ''], random) }] })],
      [1, (random) => ({ dns: [{ matchPattern: pick(['*', '**.a', 'x'.repeat(256), '?', ' a'], random) }] })],
      [
        1,
        (random) => ({
          kafka: [
            {
              ...maybe(0.5, random, () => ({ apiKey: pick(['fetch', 'FETCH', 'x', ''], random) })),
              ...maybe(0.3, random, () => ({ role: pick(['consume', 'Produce', 'x'], random) })),
              ...maybe(0.3, random, () => ({ apiVersion: pick(['1', '-1', '+1', '32768', '0x1', '01'], random) })),
              ...maybe(0.3, random, () => ({ topic: pick(['a', 'a b', 'a\\b', 'x'.repeat(256)], random) })),
            },
          ],
        }),
      ],
    ],
    random,
  );
}

export function oddICMP(random: Random): Json {
  return {
    type: pick<number | string>([8, 0, 'EchoRequest', 'EchoReply', 300, -1, '8', 'x', ''], random),
    ...maybe(0.7, random, () => ({ family: pick(['IPv4', 'IPv6', '', 'ipv4'], random) })),
  };
}
