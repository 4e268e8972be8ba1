/**
 * A port interval cut into pieces on which the same denies apply.
 *
 * A rule about every protocol is covered only by others about every protocol: TCP, UDP and SCTP together leave ICMP. Port
 * 0 stands for packets without a port, such as fragments: only a rule about every port of the protocol takes them, so that
 * whatever takes these takes the rest of a rule about every port as well.
 * A range about every protocol is what a rule without ports is in a list, as it is where former allows stand for denies.
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

/** A packet of each piece into which the ranges cut the target. */
export function packetsOf(target: Range, ranges: readonly Range[]): readonly Packet[] {
  const { protocol, first, last } = target;
  if (protocol === ANY_PROTOCOL) return [{ protocol: unnamedProtocol(ranges), port: 0 }];
  const same = ranges.filter((range) => range.protocol === protocol);
  const starts = [first, ...same.flatMap((range) => [range.first, range.last + 1])];
  const inside = new Set(starts.filter((start) => first <= start && start <= last));
  return [...inside].sort((a, b) => a - b).map((port) => ({ protocol, port }));
}

export function rangesOf(ports: Ports): readonly Range[] {
  return ports.kind === 'any' ? [] : ports.items;
}

/** Named ports depend on the pod and are not counted. */
export function takes(ports: Ports, packet: Packet): boolean {
  if (ports.kind === 'any') return true;
  return ports.items.some(({ protocol, first, last }) => {
    const holdsPort = first === 0 || (first <= packet.port && packet.port <= last);
    return (protocol === ANY_PROTOCOL || protocol === packet.protocol) && holdsPort;
  });
}

const WELL_KNOWN: readonly Protocol[] = [TCP, UDP, SCTP, ICMP];

/** A number that no rule can name. */
const RESERVED_PROTOCOL: Protocol = 255;

/** A protocol that none of the ranges names, a common one if there is one left. */
function unnamedProtocol(ranges: readonly Range[]): Protocol {
  const named = new Set(ranges.map(({ protocol }) => protocol));
  return WELL_KNOWN.find((protocol) => !named.has(protocol)) ?? RESERVED_PROTOCOL;
}
