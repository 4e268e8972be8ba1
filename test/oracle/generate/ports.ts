/**
 * The port part of a rule of a Cilium policy: ports, ranges, names, ICMP, layer 7.
 */
import { below, pick, type Random } from '../../support/hostile-random.ts';
import { chance, maybe, several, weighted } from './chance.ts';
import type { Json } from './json.ts';
import type { RuleSide } from './peers.ts';

const NUMBERS = ['80', '80', '443', '53', '8080', '0', '1', '65535', '64', '79', '8000', '010', '0x50'];
const PROTOCOLS = ['TCP', 'TCP', 'TCP', 'UDP', 'SCTP', 'ANY', 'tcp', ''];
const END_PORTS = [80, 90, 443, 9000, 65535, 127, 79, 81, 1, 0];

/** The last is refused. */
const KAFKA_RULES = [{ role: 'produce', topic: 't' }, { apiKey: 'fetch', apiVersion: '1' }, {}, { apiKey: 'x' }];

export function ports(side: RuleSide, random: Random): Json {
  return weighted<Json>(
    [
      [30, () => ({})],
      [8, (random) => ({ icmps: several(2, random, () => ({ fields: several(2, random, icmpField) })) })],
      [3, (random) => ({ toPorts: pick<Json[]>([[], [{}], [{ ports: [] }]], random) })],
      [57, (random) => ({ toPorts: several(2, random, () => portRule(side, random)) })],
    ],
    random,
  );
}

function icmpField(random: Random): Json {
  return pick<Json>(
    [
      { type: 8 },
      { type: 0 },
      { type: 3, family: 'IPv4' },
      { type: 'EchoRequest', family: 'IPv6' },
      { type: 128, family: 'IPv6' },
      { type: 'EchoReply' },
    ],
    random,
  );
}

function portRule(side: RuleSide, random: Random): Json {
  if (!side.deny && chance(0.22, random)) return layer7(side, random);
  return { ports: several(3, random, port) };
}

/** Any ranges, so that prefixes of ports cover each other in part. */
function range(random: Random): Json {
  const [first, last] = [below(65_536, random), below(65_536, random)].sort((a, b) => a - b);
  return { port: String(first), endPort: last, protocol: pick(['TCP', 'UDP', 'ANY'], random) };
}

function port(random: Random): Json {
  if (chance(0.08, random)) return range(random);
  const name = chance(0.06, random);
  return {
    port: name ? pick(['http', 'dns', 'nope'], random) : pick(NUMBERS, random),
    ...maybe(0.85, random, () => ({ protocol: pick(PROTOCOLS, random) })),
    ...(name ? {} : maybe(0.22, random, () => ({ endPort: pick(END_PORTS, random) }))),
  };
}

function layer7({ prefix }: RuleSide, random: Random): Json {
  const web = { port: pick(['80', '443', '8080'], random), protocol: 'TCP' };
  return weighted<Json>(
    [
      [6, () => ({ ports: [web], rules: { http: [{ method: 'GET' }] } })],
      [2, () => ({ ports: [web], rules: { http: [] } })],
      [
        prefix === 'to' ? 4 : 0.1,
        () => ({ ports: [{ port: '53', protocol: 'ANY' }], rules: { dns: [{ matchPattern: '*' }] } }),
      ],
      [prefix === 'to' ? 1 : 0, () => ({ ports: [web], rules: { dns: [{ matchName: 'example.com' }] } })],
      [2, (random) => ({ ports: [web], rules: { kafka: several(2, random, (random) => pick(KAFKA_RULES, random)) } })],
      [1, () => ({ ports: [web], rules: { l7proto: 'x', l7: [{ a: 'b' }] } })],
      [1, () => ({ ports: [web], serverNames: ['www.example.com'] })],
      [0.3, () => ({ ports: [{ ...web, protocol: 'UDP' }], rules: { http: [{}] } })],
      [0.3, () => ({ ports: [{ ...web, endPort: 9000 }], rules: { http: [{}] } })],
      [0.3, () => ({ ports: [{ port: '0', protocol: 'TCP' }], rules: { http: [{}] } })],
    ],
    random,
  );
}
