/**
 * A written port as facts: `TCP`, 443; `ANY`, `8000-9000`; 0 for every port.
 */
import { ANY_PROTOCOL, ICMP, ICMPV6, SCTP, TCP, UDP, type Protocol } from '../../cilium/policy/rule.ts';
import type { FactValue } from '../check.ts';
import type { Unit } from './units.ts';

const NAMES: ReadonlyMap<Protocol, string> = new Map([
  [ANY_PROTOCOL, 'ANY'],
  [ICMP, 'ICMP'],
  [ICMPV6, 'ICMPv6'],
  [TCP, 'TCP'],
  [UDP, 'UDP'],
  [SCTP, 'SCTP'],
]);

export function portFacts({ ranges }: Unit): { readonly protocol: string; readonly port: FactValue } {
  const protocols = new Set(ranges.map(({ protocol }) => protocol));
  const [protocol = ANY_PROTOCOL] = protocols.size > 1 ? [] : protocols;
  const { first = 0, last = 0 } = ranges[0] ?? {};
  return { protocol: NAMES.get(protocol) ?? String(protocol), port: last > first ? `${first}-${last}` : first };
}
