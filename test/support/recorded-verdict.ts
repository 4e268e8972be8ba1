/**
 * What the entries that Cilium recorded for a policy map say to a flow: the look-up of the datapath (bpf/lib/policy.h), for maps of
 * one tier, in which a deny beats every allow.
 */
import type { RecordedAnswer } from '../conformance/recorded-worlds.ts';

type Entry = RecordedAnswer['entries'][number];

export interface RecordedFlow {
  readonly direction: 'ingress' | 'egress';
  readonly peer: number;
  readonly proto: number;
  readonly port: number;
}

export function recordedVerdict(
  { entries }: Pick<RecordedAnswer, 'entries'>,
  flow: RecordedFlow,
  minor: string,
): string {
  const wildcard = minor === '1.20' ? aggregateOf(flow.peer) : 0;
  const own = entries.filter((entry) => [flow.peer, wildcard].includes(entry.id) && isAbout(entry, flow));
  const found = own.length > 0 ? own : entries.filter((entry) => entry.id === 0 && isAbout(entry, flow));
  if (found.length === 0) return 'nomatch';
  return found.some(({ deny }) => deny === true) ? 'deny' : 'allow';
}

/** Of cluster 0. */
function aggregateOf(identity: number): number {
  if (identity < 100) return 0;
  if (identity < 1 << 24) return identity < 1 << 16 ? 11 : 12;
  return identity >= 2 << 24 ? 14 : 13;
}

/** A block that starts at port 0 is written as every port, whatever its length. */
function isAbout(
  { dir, proto, port, plen }: Entry,
  { direction, proto: asked, port: askedPort }: RecordedFlow,
): boolean {
  if (dir !== direction || (proto !== 0 && proto !== asked)) return false;
  return port === 0 || askedPort >>> (16 - plen) === port >>> (16 - plen);
}
