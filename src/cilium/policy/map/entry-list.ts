/**
 * The entries of one direction as they come out of the walk, and then by identity, as columns.
 *
 * Cost: 16 bytes an entry; putting them in order O(entries), in stretches between which the caller may pause.
 */
import type { L4Key } from './l4-key.ts';
import type { OriginIndex } from './origin-table.ts';
import type { Precedence } from '../precedence.ts';

/** Entries of one direction in ascending order of identity. */
export interface Side {
  readonly ids: Uint32Array;
  /** Where the entries of each identity start; one more than there are identities. */
  readonly starts: Uint32Array;
  readonly keys: Uint32Array;
  readonly precedences: Uint32Array;
  readonly origins: Uint32Array;
}

/** Entries of one direction as they come: by slot of identity, in any order. */
export class EntryList {
  readonly #ids: Uint32Array;
  readonly #slots = new Numbers();
  readonly #keys = new Numbers();
  readonly #precedences = new Numbers();
  readonly #origins = new Numbers();

  constructor(ids: Uint32Array) {
    this.#ids = ids;
  }

  take(slot: number, key: L4Key, precedence: Precedence, origin: OriginIndex): void {
    this.#slots.push(slot);
    this.#keys.push(key);
    this.#precedences.push(precedence);
    this.#origins.push(origin);
  }

  /** Sorted by identity; entries of one identity keep their order. Yields where the caller may pause. */
  *arrange(): Generator<undefined, Side> {
    const slots = this.#slots.values();
    const starts = startsOf(slots, this.#ids.length);
    yield;
    const order = yield* orderOf(slots, starts);
    const keys = yield* placed(this.#keys.values(), order);
    const precedences = yield* placed(this.#precedences.values(), order);
    const origins = yield* placed(this.#origins.values(), order);
    return { ids: this.#ids, starts, keys, precedences, origins };
  }
}

const ENTRIES_PER_PAUSE = 2 ** 16;

function startsOf(slots: Uint32Array, size: number): Uint32Array {
  const counts = new Uint32Array(size + 1);
  for (const slot of slots) counts[slot + 1] = (counts[slot + 1] ?? 0) + 1;
  let start = 0;
  return counts.map((count) => (start += count));
}

/** Where each entry goes. */
function* orderOf(slots: Uint32Array, starts: Uint32Array): Generator<undefined, Uint32Array> {
  const next = starts.slice();
  const order = new Uint32Array(slots.length);
  let index = 0;
  for (const slot of slots) {
    const position = next[slot] ?? 0;
    next[slot] = position + 1;
    order[index++] = position;
    if (index % ENTRIES_PER_PAUSE === 0) yield;
  }
  return order;
}

function* placed(values: Uint32Array, order: Uint32Array): Generator<undefined, Uint32Array> {
  const result = new Uint32Array(values.length);
  let index = 0;
  for (const value of values) {
    result[order[index++] ?? 0] = value;
    if (index % ENTRIES_PER_PAUSE === 0) yield;
  }
  return result;
}

/** Numbers up to 32 bits, one after the other. Most maps are small, and so is what a list begins with. */
class Numbers {
  #values = new Uint32Array(16);
  #count = 0;

  push(value: number): void {
    if (this.#count === this.#values.length) {
      const grown = new Uint32Array(this.#count * 2);
      grown.set(this.#values);
      this.#values = grown;
    }
    this.#values[this.#count++] = value;
  }

  values(): Uint32Array {
    return this.#values.subarray(0, this.#count);
  }
}
