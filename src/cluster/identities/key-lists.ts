/**
 * Lists of label keys, each kept once: thousands of identities have labels with the same keys.
 *
 * Invariant: a list is here exactly while somebody holds it. Equal lists are one object. Cost: O(keys) to hold or release one.
 */
import type { LabelKey } from './label-keys.ts';

interface HeldList {
  readonly keys: readonly LabelKey[];
  holds: number;
  /** Another one of this hash. */
  next: HeldList | undefined;
}

export class KeyLists {
  readonly #byHash = new Map<number, HeldList>();

  /** The one list that is equal to this. Each call wants one `release`. */
  hold(keys: readonly LabelKey[]): readonly LabelKey[] {
    const hash = hashOf(keys);
    const first = this.#byHash.get(hash);
    const held = found(first, keys) ?? { keys: [...keys], holds: 0, next: first };
    if (held.holds === 0) this.#byHash.set(hash, held);
    held.holds += 1;
    return held.keys;
  }

  release(keys: readonly LabelKey[]): void {
    const hash = hashOf(keys);
    const first = this.#byHash.get(hash);
    const held = found(first, keys);
    if (first === undefined || held === undefined) return;
    held.holds -= 1;
    if (held.holds > 0) return;
    if (held !== first) cut(first, held);
    else if (held.next === undefined) this.#byHash.delete(hash);
    else this.#byHash.set(hash, held.next);
  }
}

function found(first: HeldList | undefined, keys: readonly LabelKey[]): HeldList | undefined {
  let list = first;
  while (list !== undefined && !isEqual(list.keys, keys)) list = list.next;
  return list;
}

function cut(first: HeldList, gone: HeldList): void {
  let list = first;
  while (list.next !== undefined && list.next !== gone) list = list.next;
  list.next = gone.next;
}

function isEqual(a: readonly LabelKey[], b: readonly LabelKey[]): boolean {
  return a.length === b.length && a.every((key, index) => key === b[index]);
}

/** Those of the keys are secret, so that nobody can write keys whose lists all meet in one place. */
function hashOf(keys: readonly LabelKey[]): number {
  return keys.reduce((hash, key) => (Math.imul(hash, 31) + key.hash) | 0, keys.length);
}
