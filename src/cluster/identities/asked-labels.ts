/**
 * The labels of a pod that is asked about, ready to be held against those of known keys.
 *
 * Keys are records, of which there is one for each: they are told apart by a look. The values of a known key are one text, so that to
 * compare them is one wait for memory and not one for each of them.
 * Invariant: no label comes twice, neither here nor in a key. Cost: O(labels) where both are in one order, as nearly always.
 */
import type { TextHash } from './label-hash.ts';
import type { LabelKey } from './label-keys.ts';

export interface OwnLabels {
  readonly keys: readonly LabelKey[];
  /** In the order of the keys: of each its length, as one character, and itself. */
  readonly values: string;
}

/** Longer ones have no length of one character. */
export const LONGEST_VALUE = 0xffff;

export function joinedValues(values: readonly string[]): string {
  return values.flatMap((value) => [String.fromCharCode(value.length), value]).join('');
}

export class AskedLabels {
  readonly #hash: TextHash;
  readonly #keys: LabelKey[] = [];
  readonly #values: string[] = [];
  #size = 0;
  #sum = 0;

  constructor(hash: TextHash) {
    this.#hash = hash;
  }

  /** Of all of them. */
  get hash(): number {
    return this.#sum;
  }

  clear(): void {
    this.#size = 0;
    this.#sum = 0;
  }

  /** One that the filter drops is none. */
  add(key: LabelKey, value: string): void {
    if (key.kind === 'dropped') return;
    this.#keys[this.#size] = key;
    this.#values[this.#size] = value;
    this.#size += 1;
    this.#sum = (this.#sum + this.#hash(value, key.hash)) | 0;
  }

  /** Whether these are as many, and each of them was asked for. */
  isSame({ keys, values }: OwnLabels): boolean {
    if (keys.length !== this.#size) return false;
    let at = 0;
    for (let index = 0; index < keys.length; index += 1) {
      const key = keys[index];
      if (!this.#isAt(index, key, values, at) && !this.#has(key, values, at)) return false;
      at += 1 + values.charCodeAt(at);
    }
    return true;
  }

  #has(key: LabelKey | undefined, values: string, at: number): boolean {
    for (let place = 0; place < this.#size; place += 1) if (this.#isAt(place, key, values, at)) return true;
    return false;
  }

  #isAt(place: number, key: LabelKey | undefined, values: string, at: number): boolean {
    if (this.#keys[place] !== key) return false;
    const value = this.#values[place] ?? '';
    return values.charCodeAt(at) === value.length && values.startsWith(value, at + 1);
  }
}
