/**
 * The smallest set of label keys that has to be left out so that enough identities become one.
 *
 * Each group is the identities that differ from the new one in exactly these keys; leaving out a set of keys merges the
 * groups whose keys all lie in it. The smallest such set is a union of groups, so that only unions are tried, by size: the
 * first size at which one is large enough is the smallest.
 * Invariant: of several sets of the smallest size, the one that merges most, then the first in byte order; the order of the
 * groups changes nothing.
 * Cost: O(unions x groups) with at most MAX_UNIONS unions, in steps between which the review pauses. Finding the smallest set is NP-hard, so beyond the bounds the
 * answer is still a set that merges enough, but perhaps not the smallest.
 */
import { compareBytes } from '../../cilium/identity/label.ts';
import { PAUSE, type Pause } from '../check.ts';
import { sortedInSteps } from './sorted-in-steps.ts';

export interface KeyGroup {
  readonly keys: readonly string[];
  readonly identities: number;
}

/** Bits of a number that `1 << n` keeps positive. */
const MAX_KEYS = 30;
const MAX_GROUPS = 512;
const MAX_UNIONS = 2_048;

/** Sorted; undefined where even leaving out every key does not merge `wanted` identities. */
export function* smallestKeySet(
  groups: readonly KeyGroup[],
  wanted: number,
): Generator<Pause, readonly string[] | undefined> {
  if (groups.reduce((sum, group) => sum + group.identities, 0) < wanted) return undefined;
  return (yield* smallestUnion(groups, wanted)) ?? (yield* sparseUnion(groups, wanted));
}

/** A set of keys as bits, in byte order of the keys. */
type KeyMask = number;

interface MaskedGroup {
  readonly mask: KeyMask;
  readonly identities: number;
}

/** undefined: too many keys, groups or unions for an exact answer. */
function* smallestUnion(groups: readonly KeyGroup[], wanted: number): Generator<Pause, readonly string[] | undefined> {
  const keys = groups.length > MAX_GROUPS ? undefined : fewKeys(groups);
  if (keys === undefined) return undefined;
  const bits = new Map(keys.map((key, index) => [key, 1 << index]));
  const masked = groups.map((group) => ({
    mask: group.keys.reduce((mask, key) => mask | (bits.get(key) ?? 0), 0),
    identities: group.identities,
  }));
  const best = yield* searchBySize(masked, { wanted, keys: keys.length });
  return best === undefined ? undefined : keysOf(best, keys);
}

/** Sorted; undefined: more than MAX_KEYS, and nobody looks how many. */
function fewKeys(groups: readonly KeyGroup[]): readonly string[] | undefined {
  const keys = new Set<string>();
  for (const group of groups) {
    for (const key of group.keys) {
      keys.add(key);
      if (keys.size > MAX_KEYS) return undefined;
    }
  }
  return [...keys].sort(compareBytes);
}

const UNIONS_PER_PAUSE = 16;

function* searchBySize(
  groups: readonly MaskedGroup[],
  { wanted, keys }: { readonly wanted: number; readonly keys: number },
): Generator<Pause, KeyMask | undefined> {
  const unions: Set<KeyMask>[] = Array.from({ length: keys + 1 }, () => new Set());
  unions[0]?.add(0);
  let room = MAX_UNIONS;
  let looked = 0;
  for (const masks of unions) {
    const best = yield* bestOf(masks, groups, wanted);
    if (best !== undefined) return best;
    for (const mask of masks) {
      if (++looked % UNIONS_PER_PAUSE === 0) yield PAUSE;
      for (const union of largerUnions(mask, groups)) {
        const sameSize = unions[sizeOf(union)];
        if (sameSize === undefined || sameSize.has(union)) continue;
        if (room === 0) return undefined;
        room -= 1;
        sameSize.add(union);
      }
    }
  }
  return undefined;
}

function* largerUnions(mask: KeyMask, groups: readonly MaskedGroup[]): Iterable<KeyMask> {
  for (const group of groups) if ((group.mask & ~mask) !== 0) yield mask | group.mask;
}

/** The set that merges most; of equals the one whose keys come first. */
function* bestOf(
  masks: Iterable<KeyMask>,
  groups: readonly MaskedGroup[],
  wanted: number,
): Generator<Pause, KeyMask | undefined> {
  let best: { readonly mask: KeyMask; readonly merged: number } | undefined;
  let looked = 0;
  for (const mask of masks) {
    if (++looked % UNIONS_PER_PAUSE === 0) yield PAUSE;
    let merged = 0;
    for (const group of groups) if ((group.mask & ~mask) === 0) merged += group.identities;
    if (merged < wanted || (best !== undefined && merged < best.merged)) continue;
    if (best === undefined || merged > best.merged || comesFirst(mask, best.mask)) best = { mask, merged };
  }
  return best?.mask;
}

/** Of two sets of one size, the one with the first key that the other lacks: the lowest bit in which they differ. */
function comesFirst(mask: KeyMask, other: KeyMask): boolean {
  const differing = mask ^ other;
  return (mask & (differing & -differing)) !== 0;
}

function sizeOf(mask: KeyMask): number {
  let size = 0;
  for (let rest = mask; rest !== 0; rest &= rest - 1) size += 1;
  return size;
}

function keysOf(mask: KeyMask, keys: readonly string[]): readonly string[] {
  return keys.filter((_, index) => (mask & (1 << index)) !== 0);
}

const GROUPS_PER_PAUSE = 64;

/** Takes the groups with the fewest keys until enough is merged. */
function* sparseUnion(groups: readonly KeyGroup[], wanted: number): Generator<Pause, readonly string[]> {
  const named: NamedGroup[] = [];
  for (const group of groups) {
    named.push({ group, name: group.keys.join('\n') });
    if (named.length % GROUPS_PER_PAUSE === 0) yield PAUSE;
  }
  const chosen = new Set<string>();
  let merged = 0;
  for (const [index, { group }] of (yield* sortedInSteps(named, byFewestKeys)).entries()) {
    if (merged >= wanted) break;
    for (const key of group.keys) chosen.add(key);
    merged += group.identities;
    if (index % GROUPS_PER_PAUSE === GROUPS_PER_PAUSE - 1) yield PAUSE;
  }
  return yield* sortedInSteps(chosen, compareBytes);
}

interface NamedGroup {
  readonly group: KeyGroup;
  readonly name: string;
}

function byFewestKeys(a: NamedGroup, b: NamedGroup): number {
  const byKeys = a.group.keys.length - b.group.keys.length;
  return byKeys || b.group.identities - a.group.identities || compareBytes(a.name, b.name);
}
