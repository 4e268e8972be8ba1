/**
 * Sets of addresses of one family, as intervals.
 *
 * Invariant: intervals are sorted, disjoint and not adjacent.
 * Cost: every operation is linear in the intervals given, `union` after a sort.
 */
import { formatBytes, type Prefix } from '../prefixes/cidr.ts';

export type Family = 4 | 6;

export interface Interval {
  readonly first: bigint;
  /** Belongs to the interval. */
  readonly last: bigint;
}

export type AddressSet = readonly Interval[];

export function allAddresses(family: Family): AddressSet {
  return [{ first: 0n, last: (1n << bitsOf(family)) - 1n }];
}

/** The addresses inside a prefix; none if it is of the other family. */
export function addressesIn(prefix: Prefix, family: Family): AddressSet {
  if (prefix.family !== family) return [];
  const first = prefix.bytes.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
  return [{ first, last: first + (1n << (bitsOf(family) - BigInt(prefix.bits))) - 1n }];
}

export function union(sets: Iterable<AddressSet>): AddressSet {
  const sorted = [...sets].flat().sort((a, b) => ascending(a.first, b.first));
  const merged: Interval[] = [];
  for (const interval of sorted) {
    const previous = merged.at(-1);
    if (previous === undefined || interval.first > previous.last + 1n) merged.push(interval);
    else if (interval.last > previous.last) merged[merged.length - 1] = { first: previous.first, last: interval.last };
  }
  return merged;
}

export function intersection(left: AddressSet, right: AddressSet): AddressSet {
  const shared: Interval[] = [];
  let [l, r] = [0, 0];
  for (;;) {
    const [a, b] = [left[l], right[r]];
    if (a === undefined || b === undefined) return shared;
    const first = a.first > b.first ? a.first : b.first;
    const last = a.last < b.last ? a.last : b.last;
    if (first <= last) shared.push({ first, last });
    if (a.last < b.last) l += 1;
    else r += 1;
  }
}

/** What of `from` is not in `taken`. */
export function difference(from: AddressSet, taken: AddressSet): AddressSet {
  return intersection(from, complement(taken));
}

/**
 * Over all numbers from 0: nothing above the largest address is ever intersected with. The gap before a set that begins at 0 holds
 * nothing, and so does what it shares with another.
 */
function complement(set: AddressSet): AddressSet {
  const gaps: Interval[] = [];
  let next = 0n;
  for (const { first, last } of set) {
    gaps.push({ first: next, last: first - 1n });
    next = last + 1n;
  }
  return [...gaps, { first: next, last: next + (1n << 128n) }];
}

/** Cuts a set wherever one of the others begins or ends: each piece is inside or outside of each of them as a whole. */
export function pieces(set: AddressSet, others: Iterable<AddressSet>): AddressSet {
  const starts = new Set<bigint>();
  for (const { first, last } of [...others].flat()) starts.add(first).add(last + 1n);
  const cuts = [...starts].sort(ascending);
  const cut: Interval[] = [];
  let index = 0;
  for (const interval of set) {
    let { first } = interval;
    for (let start = cuts[index]; start !== undefined && start <= interval.last; start = cuts[(index += 1)]) {
      if (start <= first) continue;
      cut.push({ first, last: start - 1n });
      first = start;
    }
    cut.push({ first, last: interval.last });
  }
  return cut;
}

export function includes(set: AddressSet, address: bigint): boolean {
  return set.some(({ first, last }) => first <= address && address <= last);
}

/** `10.0.0.1`, `2001:db8::1`. */
export function formatAddress(address: bigint, family: Family): string {
  const length = family === 4 ? 4 : 16;
  const bytes = Array.from({ length }, (_, index) => Number((address >> BigInt(8 * (length - 1 - index))) & 255n));
  return formatBytes({ family, bytes });
}

function bitsOf(family: Family): bigint {
  return family === 4 ? 32n : 128n;
}

function ascending(a: bigint, b: bigint): number {
  return Number(a > b) - Number(a < b);
}
