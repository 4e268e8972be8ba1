/**
 * The answer for one flow, with the entry that decided.
 *
 * Mirrors __policy_can_access (bpf/lib/policy.h): the longest match of the peer's identity and that of its wildcard are
 * compared: the higher precedence wins, then the longer port match, then the identity itself. Only if both miss, identity 0
 * is asked. How the recorded verdicts of the datapath are held against our maps.
 * Until 1.19 two entries may be one key there: a block that starts at port 0 is written as every port, whatever its length (NewKey,
 * pkg/maps/policymap). Which of the two is written last the order of a Go map decides.
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
  /** `none`: no entry matches, which drops the packet as `deny` does. `undecided`: entries of one key say this and that. */
  readonly verdict: 'allow' | 'deny' | 'none' | 'undecided';
  readonly entry?: PolicyMapEntry;
}

export function lookup(map: PolicyMap, flow: PeerFlow): Verdict {
  const [first = NO_ENTRY, ...others] = outcomes(map, flow);
  return others.every(({ verdict }) => verdict === first.verdict) ? first : { verdict: 'undecided' };
}

const NO_ENTRY: Verdict = { verdict: 'none' };

/** One, but where entries share a key in the datapath. */
function outcomes(map: PolicyMap, flow: PeerFlow): readonly Verdict[] {
  const wildcard = map.wildcardFor(flow.identity);
  const own = longestMatches(map, flow);
  const general = longestMatches(map, { ...flow, identity: wildcard });
  if (own.length + general.length === 0) {
    return longestMatches(map, { ...flow, identity: UNKNOWN_IDENTITY }).map(verdictOf);
  }
  if (own.length === 0 || general.length === 0) return [...own, ...general].map(verdictOf);
  return own.flatMap((one) => general.map((other) => verdictOf(stronger(one, other))));
}

function verdictOf(entry: PolicyMapEntry): Verdict {
  return { verdict: entry.effect === 'deny' ? 'deny' : 'allow', entry };
}

/** Those of one key in the datapath. */
function longestMatches(map: PolicyMap, flow: PeerFlow): readonly PolicyMapEntry[] {
  let longest: PolicyMapEntry[] = [];
  let length = 0;
  for (const entry of map.entriesOf(flow.direction, flow.identity)) {
    if (!matchesPacket(entry, flow) || lengthOf(entry) < length) continue;
    if (lengthOf(entry) > length) longest = [];
    longest.push(entry);
    length = lengthOf(entry);
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

function stronger(own: PolicyMapEntry, general: PolicyMapEntry): PolicyMapEntry {
  const difference = own.precedence - general.precedence || lengthOf(own) - lengthOf(general);
  return difference >= 0 ? own : general;
}
