/**
 * The answer for one flow, with the entry that decided.
 *
 * Mirrors __policy_can_access (bpf/lib/policy.h): the longest match of the peer's identity and that of its wildcard are
 * compared: the higher precedence wins, then the longer port match, then the identity itself. Only if both miss, identity 0
 * is asked. How the recorded verdicts of the datapath are held against our maps.
 */
import { UNKNOWN_IDENTITY } from './aggregates.ts';
import type { PolicyMap, PolicyMapEntry } from './policy-map.ts';
import { ANY_PROTOCOL, type Direction, type Protocol } from '../rule.ts';

export interface PeerFlow {
  readonly direction: Direction;
  /** Of the peer. */
  readonly identity: number;
  readonly protocol: Protocol;
  /** For ICMP the type. */
  readonly port: number;
}

export interface Verdict {
  /** `none`: no entry matches, which drops the packet as `deny` does. */
  readonly verdict: 'allow' | 'deny' | 'none';
  readonly entry?: PolicyMapEntry;
}

export function lookup(map: PolicyMap, flow: PeerFlow): Verdict {
  const wildcard = map.wildcardFor(flow.identity);
  const own = longestMatch(map, flow);
  const general = wildcard === flow.identity ? undefined : longestMatch(map, { ...flow, identity: wildcard });
  const entry = stronger(own, general) ?? longestMatch(map, { ...flow, identity: UNKNOWN_IDENTITY });
  if (entry === undefined) return { verdict: 'none' };
  return { verdict: entry.effect === 'deny' ? 'deny' : 'allow', entry };
}

function longestMatch(map: PolicyMap, flow: PeerFlow): PolicyMapEntry | undefined {
  let longest: PolicyMapEntry | undefined;
  for (const entry of map.entriesOf(flow.direction, flow.identity)) {
    if (!matchesPacket(entry, flow)) continue;
    if (longest === undefined || lengthOf(entry) > lengthOf(longest)) longest = entry;
  }
  return longest;
}

function matchesPacket(entry: PolicyMapEntry, { protocol, port }: PeerFlow): boolean {
  if (entry.protocol === ANY_PROTOCOL) return true;
  if (entry.protocol !== protocol) return false;
  const shift = 16 - portLength(entry);
  return entry.port >>> shift === port >>> shift;
}

/** Bits of protocol and port that have to agree. */
function lengthOf(entry: PolicyMapEntry): number {
  return (entry.protocol === ANY_PROTOCOL ? 0 : 8) + portLength(entry);
}

/** A block that starts at port 0 is written as every port (pkg/maps/policymap: NewKey). */
function portLength(entry: PolicyMapEntry): number {
  return entry.port === 0 ? 0 : entry.prefixLength;
}

function stronger(own: PolicyMapEntry | undefined, general: PolicyMapEntry | undefined): PolicyMapEntry | undefined {
  if (own === undefined || general === undefined) return own ?? general;
  if (own.precedence !== general.precedence) return own.precedence > general.precedence ? own : general;
  return lengthOf(general) > lengthOf(own) ? general : own;
}
