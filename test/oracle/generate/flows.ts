/**
 * Flows that a random world asks verdicts of: to and from its pods, the reserved identities and addresses around the prefixes
 * that its policies name; at ports that they name, beside them, and of every protocol. None has port 0, on which Cilium 1.18 panics.
 */
import { pick, type Random } from '../../support/hostile-random.ts';
import { chance } from './chance.ts';
import type { Json } from './json.ts';

/** So many in each world. */
const FLOWS = 14;

const RESERVED = [1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
const ADDRESSES = [
  'ip:10.1.2.3',
  'ip:10.1.2.4',
  'ip:10.1.9.9',
  'ip:10.9.9.9',
  'ip:10.129.0.1',
  'ip:8.8.8.8',
  'ip:8.8.8.9',
  'ip:1.1.1.1',
  'ip:1.2.3.4',
  'ip:172.16.0.1',
  'ip:203.0.113.7',
  'ip:192.168.7.7',
];
const IPV6_ADDRESSES = ['ip:fd00::1', 'ip:fd00:1::1', 'ip:2001:db8::1', 'ip:2001:db8::2'];

const PACKETS: readonly Json[] = [
  ...[80, 80, 443, 8080, 53, 9090, 64, 79, 81, 8000, 1, 65_535].map((port) => ({ proto: 'TCP', port })),
  ...[53, 53, 80, 443, 8080].map((port) => ({ proto: 'UDP', port })),
  ...[80, 9].map((port) => ({ proto: 'SCTP', port })),
  ...[8, 3].map((port) => ({ proto: 'ICMP', port })),
  { proto: 'ICMPv6', port: 128 },
];

export function flows(identities: readonly Json[], ipv6: boolean, random: Random): readonly Json[] {
  const pods = identities.map(({ id }) => id as number);
  const addresses = ipv6 ? [...ADDRESSES, ...IPV6_ADDRESSES, ...IPV6_ADDRESSES] : ADDRESSES;
  return Array.from({ length: FLOWS }, () => ({
    peer: peer(pods, addresses, random),
    direction: chance(0.5, random) ? 'ingress' : 'egress',
    ...pick(PACKETS, random),
  }));
}

function peer(pods: readonly number[], addresses: readonly string[], random: Random): number | string {
  const kind = random();
  if (kind < 0.4) return pick(pods, random);
  return kind < 0.6 ? pick(RESERVED, random) : pick(addresses, random);
}
