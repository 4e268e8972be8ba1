/**
 * The labels of a pod that is asked about, ready to be held against those of known keys.
 *
 * Keys are records, of which there is one for each: they are told apart by a look. Only texts of values are compared.
 * Invariant: no label comes twice, neither here nor in a key. Cost: O(labels) where both are in one order, as nearly always.
 */
import type { TextHash } from './label-hash.ts';
import type { LabelKey } from './label-keys.ts';

/** Key and value in turns: one list is one wait for memory. */
export type OwnLabels = readonly OwnPart[];
type OwnPart = LabelKey | string;

export class AskedLabels {
  readonly #hash: TextHash;
  readonly #parts: OwnPart[] = [];
  #length = 0;
  #sum = 0;

  constructor(hash: TextHash) {
    this.#hash = hash;
  }

  /** Of all of them. */
  get hash(): number {
    return this.#sum;
  }

  clear(): void {
    this.#length = 0;
    this.#sum = 0;
  }

  /** One that the filter drops is none. */
  add(key: LabelKey, value: string): void {
    if (key.kind === 'dropped') return;
    this.#parts[this.#length] = key;
    this.#parts[this.#length + 1] = value;
    this.#length += 2;
    this.#sum = (this.#sum + this.#hash(value, key.hash)) | 0;
  }

  /** Whether these are as many, and each of them was asked for. */
  isSame(own: OwnLabels): boolean {
    if (own.length !== this.#length) return false;
    for (let index = 0; index < own.length; index += 2) {
      if (!this.#isAt(index, own, index) && !this.#has(own, index)) return false;
    }
    return true;
  }

  #has(own: OwnLabels, index: number): boolean {
    for (let place = 0; place < this.#length; place += 2) if (this.#isAt(place, own, index)) return true;
    return false;
  }

  #isAt(place: number, own: OwnLabels, index: number): boolean {
    return this.#parts[place] === own[index] && this.#parts[place + 1] === own[index + 1];
  }
}
