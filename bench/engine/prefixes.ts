/**
 * Prefixes outside the cluster that policies name. Denied ones are none that is allowed.
 */
import type { Json } from '../workload/json.ts';
import type { Random } from '../workload/random.ts';

const WITH_EXCEPTION = 0.3;

/** One of those that policies share, or a larger one without it. */
export function egressToPrefixes(random: Random, shared: number): Json {
  const [second, third] = octets(random.below(shared));
  const prefix = `10.${second}.${third}.0/24`;
  const toPorts = [{ ports: [{ port: '443', protocol: 'TCP' }] }];
  if (random.next() >= WITH_EXCEPTION) return { toCIDR: [prefix], toPorts };
  return { toCIDRSet: [{ cidr: `10.${second}.0.0/16`, except: [prefix] }], toPorts };
}

export function deniedPrefix(random: Random, shared: number): string {
  const [second, third] = octets(random.below(shared));
  return `100.${64 + (second % 64)}.${third}.0/24`;
}

/** That no policy has named. */
export function freshPrefix(serial: number): string {
  const [second, third] = octets(serial);
  return `11.${second}.${third}.0/24`;
}

function octets(index: number): readonly [number, number] {
  return [Math.floor(index / 256) % 256, index % 256];
}
