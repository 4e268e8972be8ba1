/**
 * Peers and ports of a rule, for flows that it is about.
 */
import { ICMP, ICMPV6, TCP, type PortRange, type Ports, type Protocol, type Rule } from '../../cilium/policy/rule.ts';
import { isWildcard } from '../../cilium/policy/selector.ts';
import type { End, FlowEnds } from './flow-ends.ts';

const MOST_TRIED = 3;

export interface FlowPort {
  readonly protocol: Protocol;
  /** For ICMP the type. */
  readonly port: number;
}

/** A peer that the rule is about: an address outside where that is everybody. */
export function peerIn(rule: Rule, ends: FlowEnds): End | undefined {
  const { peers } = rule;
  if (peers.kind === 'none') return undefined;
  if (peers.kind === 'any') return ends.outside();
  for (const selector of peers.items.flatMap(({ selectors }) => selectors).slice(0, MOST_TRIED)) {
    const peer = isWildcard(selector) ? ends.outside() : ends.peerOf(selector, rule);
    if (peer !== undefined) return peer;
  }
  return undefined;
}

/** Some port of HTTP where the rule names none, and where it names every one. */
const ANY_PORT = 80;

/** A packet that the ports are about; undefined: they name none. */
export function portIn(ports: Ports): FlowPort | undefined {
  if (ports.kind === 'any') return { protocol: TCP, port: ANY_PORT };
  const [range] = ports.items;
  return range === undefined ? undefined : packetOf(range);
}

export function packetOf({ protocol, first }: PortRange): FlowPort {
  const isType = protocol === ICMP || protocol === ICMPV6;
  return { protocol, port: first === 0 && !isType ? ANY_PORT : first };
}
