/**
 * Who has one label: a number where one has, a list where a few have, and a set where many do. Most labels are of one or of nearly
 * all.
 *
 * Cost: O(1), as a list is short; no order.
 */
import { NumberSet } from './number-set.ts';

/** Numbers from 1 up. */
export type Posting = number | number[] | NumberSet;

const LONGEST_LIST = 12;

export function withHolder(posting: Posting | undefined, holder: number): Posting {
  if (posting === undefined || posting === holder) return holder;
  if (typeof posting === 'number') return [posting, holder];
  if (Array.isArray(posting)) return withInList(posting, holder);
  posting.add(holder);
  return posting;
}

/** undefined: nobody is left. */
export function withoutHolder(posting: Posting, holder: number): Posting | undefined {
  if (typeof posting === 'number') return posting === holder ? undefined : posting;
  if (Array.isArray(posting)) {
    const at = posting.indexOf(holder);
    if (at >= 0) posting.splice(at, 1);
  } else posting.delete(holder);
  return sizeOf(posting) === 0 ? undefined : posting;
}

export function hasHolder(posting: Posting, holder: number): boolean {
  if (typeof posting === 'number') return posting === holder;
  return Array.isArray(posting) ? posting.includes(holder) : posting.has(holder);
}

export function sizeOf(posting: Posting): number {
  if (typeof posting === 'number') return 1;
  return Array.isArray(posting) ? posting.length : posting.size;
}

export function holdersIn(posting: Posting): Iterable<number> {
  return typeof posting === 'number' ? [posting] : posting;
}

/** Writes them all from this place on; returns the place behind. */
export function writeHolders(posting: Posting, target: Uint32Array, from: number): number {
  if (typeof posting === 'object' && !Array.isArray(posting)) return posting.writeTo(target, from);
  let at = from;
  for (const holder of holdersIn(posting)) target[at++] = holder;
  return at;
}

function withInList(list: number[], holder: number): Posting {
  if (list.includes(holder)) return list;
  list.push(holder);
  if (list.length <= LONGEST_LIST) return list;
  const set = new NumberSet();
  for (const each of list) set.add(each);
  return set;
}
