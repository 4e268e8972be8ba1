/**
 * A written port as facts: `TCP`, 443; `ANY`, `8000-9000`; `TCP`, `http`; 0 for every port.
 */
import { ANY_PROTOCOL, ICMP, ICMPV6, SCTP, TCP, UDP, type PortRange, type Protocol } from '../../cilium/policy/rule.ts';
import type { FactsOf } from '../facts/finding-facts.ts';
import type { Unit } from './units.ts';

const NAMES: ReadonlyMap<Protocol, string> = new Map([
  [ANY_PROTOCOL, 'ANY'],
  [ICMP, 'ICMP'],
  [ICMPV6, 'ICMPv6'],
  [TCP, 'TCP'],
  [UDP, 'UDP'],
  [SCTP, 'SCTP'],
]);

export function portFacts({ ranges }: Unit): Pick<FactsOf['dead-allow'], 'protocol' | 'port'> {
  const protocols = new Set(ranges.map(({ protocol }) => protocol));
  const [protocol = ANY_PROTOCOL] = protocols.size > 1 ? [] : protocols;
  const { first = 0, last = 0, name } = ranges[0] ?? {};
  return { protocol: nameOf(protocol), port: name ?? (last > first ? `${first}-${last}` : first) };
}

/** `TCP/80`, `TCP/8000-9000`, `every port of TCP`. */
export function rangeText({ protocol, first, last }: Pick<PortRange, 'protocol' | 'first' | 'last'>): string {
  if (first === 0) return protocol === ANY_PROTOCOL ? 'every port' : `every port of ${nameOf(protocol)}`;
  return `${nameOf(protocol)}/${last > first ? `${first}-${last}` : first}`;
}

function nameOf(protocol: Protocol): string {
  return NAMES.get(protocol) ?? String(protocol);
}
