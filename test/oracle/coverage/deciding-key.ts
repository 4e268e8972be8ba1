/**
 * Which key of a policy map decides a flow from or to an identity: its own, that of its aggregate, or the wildcard.
 *
 * The order is that of the datapath (bpf/lib/policy.h): own and aggregate together, the wildcard where both miss.
 */
import type { Json } from '../generate/json.ts';
import { json, list, type SeenWorld } from './seen-world.ts';

export type DecidingKey = 'own' | 'aggregate' | 'wildcard';

const PROTOCOLS: Readonly<Record<string, number>> = { TCP: 6, UDP: 17, SCTP: 132, ICMP: 1, ICMPv6: 58 };
/** Pods of other clusters have another aggregate than those of their own. */
const AGGREGATES: readonly (readonly [isIn: (peer: number) => boolean, aggregates: readonly number[]])[] = [
  [(peer) => peer >= 100, [11, 12]],
  [(peer) => [2, 9, 10].includes(peer), [13]],
  [(peer) => [6, 7].includes(peer), [14]],
];

/** Some flow that a number tells the peer of, and that this kind of key alone decides. */
export function isDecidedBy(key: DecidingKey): (seen: SeenWorld) => boolean {
  return ({ world, answer }) =>
    list(world['lookups']).some((flow) => keysFor(flow, list(answer['entries'])).join() === key);
}

function keysFor(flow: Json, entries: readonly Json[]): readonly DecidingKey[] {
  const covering = entries.filter((entry) => covers(entry, flow)).map(({ id }) => id);
  return [
    ...(covering.includes(flow['peer']) ? (['own'] as const) : []),
    ...(aggregatesOf(flow).some((id) => covering.includes(id)) ? (['aggregate'] as const) : []),
    ...(covering.includes(0) ? (['wildcard'] as const) : []),
  ];
}

function aggregatesOf({ peer }: Json): readonly number[] {
  return AGGREGATES.find(([isIn]) => isIn(Number(peer)))?.[1] ?? [];
}

function covers({ dir, proto, port, plen }: Json, flow: Json): boolean {
  if (dir !== flow['direction']) return false;
  if (proto === 0) return true;
  const open = 16 - Number(plen);
  return proto === PROTOCOLS[String(flow['proto'])] && Number(port) >> open === Number(flow['port']) >> open;
}

/** Some flow has this verdict. */
export function isDecided(bpf: string): (seen: SeenWorld) => boolean {
  return ({ answer }) => list(answer['verdicts']).some((verdict) => json(verdict)['bpf'] === bpf);
}
