/**
 * A port interval cut into pieces on which the same denies apply.
 *
 * A rule about every protocol is covered only by others about every protocol: TCP, UDP and SCTP together leave ICMP. Port
 * 0 stands for packets without a port, such as fragments: only a rule about every port of the protocol takes them.
 * Cost: O(ranges log ranges).
 */
import { ANY_PROTOCOL, ICMP, SCTP, TCP, UDP, type PortRange, type Ports, type Protocol } from '../rule.ts';

type Range = Pick<PortRange, 'protocol' | 'first' | 'last'>;

/** One packet that stands for all of its piece. */
export interface Packet {
  readonly protocol: Protocol;
  /** ICMP: the type. 0: none. */
  readonly port: number;
}

const LAST_PORT = 65_535;

/** A packet of each piece into which the ranges cut the target. */
export function packetsOf(target: Range, ranges: readonly Range[]): readonly Packet[] {
  if (target.protocol === ANY_PROTOCOL) return [{ protocol: unnamedProtocol(ranges), port: 0 }];
  const { protocol } = target;
  const [first, last] = boundsOf(target);
  const starts = new Set([first]);
  for (const range of ranges) {
    if (range.protocol !== protocol) continue;
    const [from, to] = boundsOf(range);
    for (const start of [from, to + 1]) if (start > first && start <= last) starts.add(start);
  }
  return [...starts].sort((a, b) => a - b).map((port) => ({ protocol, port }));
}

export function rangesOf(ports: Ports): readonly Range[] {
  return ports.kind === 'any' ? [] : ports.items;
}

/** Named ports depend on the pod and are not counted. */
export function takes(ports: Ports, packet: Packet): boolean {
  if (ports.kind === 'any') return true;
  return ports.items.some((range) => {
    const [first, last] = boundsOf(range);
    const sameProtocol = range.protocol === ANY_PROTOCOL || range.protocol === packet.protocol;
    return sameProtocol && first <= packet.port && packet.port <= last;
  });
}

function boundsOf({ protocol, first, last }: Range): readonly [first: number, last: number] {
  return first === 0 || protocol === ANY_PROTOCOL ? [0, LAST_PORT] : [first, Math.max(first, last)];
}

const WELL_KNOWN: readonly Protocol[] = [TCP, UDP, SCTP, ICMP];

/** A protocol that none of the ranges names, a common one if there is one left. */
function unnamedProtocol(ranges: readonly Range[]): Protocol {
  const named = new Set(ranges.map(({ protocol }) => protocol));
  const free = (protocol: Protocol): boolean => !named.has(protocol);
  return WELL_KNOWN.find(free) ?? Array.from({ length: 255 }, (_, index) => 255 - index).find(free) ?? ANY_PROTOCOL;
}
