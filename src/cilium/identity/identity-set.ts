/**
 * Sets of numeric identities.
 *
 * Invariant: ascending, each number once. A set is never changed in place; every operation makes a new one, or returns the
 * set that it was given where nothing changes.
 * Cost: O(n), with one allocation.
 */

/** Sorted, each number once. Made by the functions of this file. */
export type IdentitySet = Uint32Array;

export const EMPTY_SET: IdentitySet = new Uint32Array(0);

export function identitySet(ids: Iterable<number>): IdentitySet {
  const given = Uint32Array.from(ids);
  return marked(given) ?? sortedOnce(given);
}

/** Fewer are sorted sooner than marked. */
const FEW = 64;
/** Places for marks for each number at most. */
const PLACES_EACH = 16;

/** Numbers that lie close together, as those of one cluster do, need no sorting. Undefined: they do not. */
function marked(ids: Uint32Array<ArrayBuffer>): IdentitySet | undefined {
  if (ids.length < FEW) return undefined;
  let [low, high] = [2 ** 32, 0];
  for (const id of ids) {
    if (id < low) low = id;
    if (id > high) high = id;
  }
  if (high - low >= PLACES_EACH * ids.length) return undefined;
  const marks = new Uint8Array(high - low + 1);
  for (const id of ids) marks[id - low] = 1;
  let size = 0;
  for (let place = 0; place < marks.length; place += 1) if (marks[place] === 1) ids[size++] = low + place;
  return trimmed(ids, size);
}

function sortedOnce(ids: Uint32Array<ArrayBuffer>): IdentitySet {
  let size = 0;
  for (const id of ids.sort()) {
    if (size > 0 && ids[size - 1] === id) continue;
    ids[size] = id;
    size += 1;
  }
  return trimmed(ids, size);
}

export function union(a: IdentitySet, b: IdentitySet): IdentitySet {
  if (a.length === 0) return b;
  if (b.length === 0) return a;
  const merged = new Uint32Array(a.length + b.length);
  let size = 0;
  let next = 0;
  for (const id of a) {
    for (; next < b.length && at(b, next) < id; next += 1) merged[size++] = at(b, next);
    if (next < b.length && at(b, next) === id) next += 1;
    merged[size++] = id;
  }
  merged.set(b.subarray(next), size);
  return trimmed(merged, size + b.length - next);
}

export function intersect(a: IdentitySet, b: IdentitySet): IdentitySet {
  return selected(a, b, true);
}

/** What is in `a` and not in `b`. */
export function difference(a: IdentitySet, b: IdentitySet): IdentitySet {
  return selected(a, b, false);
}

/** Whether a number is in the set. O(log n). */
export function holds(set: IdentitySet, id: number): boolean {
  return set[placeIn(set, id)] === id;
}

/** Where the first number is that is not less; beyond all where each is. */
export function placeIn(set: IdentitySet, id: number): number {
  let low = 0;
  let high = set.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (at(set, middle) < id) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The members of `a` that are (or are not) in `b`. */
function selected(a: IdentitySet, b: IdentitySet, wanted: boolean): IdentitySet {
  const result = new Uint32Array(a.length);
  let size = 0;
  let next = 0;
  for (const id of a) {
    while (next < b.length && at(b, next) < id) next += 1;
    if ((b[next] === id) === wanted) result[size++] = id;
  }
  return trimmed(result, size);
}

/** The caller keeps the position inside the set. */
function at(set: IdentitySet, position: number): number {
  return set[position] ?? 0;
}

/** A copy, so that a small set does not hold on to a large buffer. */
function trimmed(ids: Uint32Array<ArrayBuffer>, size: number): IdentitySet {
  return size === ids.length ? ids : ids.slice(0, size);
}
