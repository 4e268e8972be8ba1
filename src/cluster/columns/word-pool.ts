/**
 * Sequences of numbers that many things have in common, each once and under a number of its own.
 *
 * They are found by a hash, whose factor nobody knows outside this process, so that nobody can write labels that all meet in one
 * place; equal hashes are told apart by the words themselves.
 * Invariant: a sequence is here exactly as long as somebody holds it; its number is its own until then.
 * Cost: O(words) for a hold, O(1) for a release.
 */
import { numberColumn } from './column.ts';
import { RowNumbers } from './row-numbers.ts';
import { Sequences, type Sequence } from './sequences.ts';

export type Words = Sequence;

const FIRST_PLACES = 64;

export class WordPool {
  readonly #factor = randomOdd();
  readonly #rows = new RowNumbers();
  readonly #words = new Sequences();
  readonly #hashes = numberColumn();
  readonly #holds = numberColumn();
  /** The number of the next sequence in the same place; 0: none. */
  readonly #next = numberColumn();
  /** By the last bits of the hash, the number of the first sequence there. */
  #places = new Uint32Array(FIRST_PLACES);

  get size(): number {
    return this.#rows.size;
  }

  /** Each hold wants one `release`. The words stay as they are. */
  hold(words: Words): number {
    const hash = this.#hashOf(words);
    const number = this.#find(words, hash) ?? this.#add(words, hash);
    this.#holds.add(number, 1);
    return number;
  }

  /** Read at once: the next hold or release may move it. */
  at(number: number): Words {
    return this.#words.at(number);
  }

  /** Whether the sequence is gone with that. */
  release(number: number): boolean {
    if (this.#holds.add(number, -1) > 0) return false;
    this.#unchain(number);
    this.#words.delete(number);
    this.#rows.free(number);
    return true;
  }

  #find(words: Words, hash: number): number | undefined {
    for (let number = this.#places[this.#placeOf(hash)] ?? 0; number !== 0; number = this.#next.at(number)) {
      if (this.#hashes.at(number) === hash && isSame(this.at(number), words)) return number;
    }
    return undefined;
  }

  #add(words: Words, hash: number): number {
    if (this.#rows.size >= this.#places.length) this.#spread();
    const number = this.#rows.take();
    this.#words.set(number, words);
    this.#hashes.set(number, hash);
    this.#chain(number);
    return number;
  }

  #chain(number: number): void {
    const place = this.#placeOf(this.#hashes.at(number));
    this.#next.set(number, this.#places[place] ?? 0);
    this.#places[place] = number;
  }

  #unchain(number: number): void {
    const place = this.#placeOf(this.#hashes.at(number));
    let before = this.#places[place] ?? 0;
    if (before === number) {
      this.#places[place] = this.#next.at(number);
      return;
    }
    while (this.#next.at(before) !== number) before = this.#next.at(before);
    this.#next.set(before, this.#next.at(number));
  }

  #spread(): void {
    const before = this.#places;
    this.#places = new Uint32Array(2 * before.length);
    for (const first of before) {
      for (let number = first; number !== 0;) {
        const next = this.#next.at(number);
        this.#chain(number);
        number = next;
      }
    }
  }

  #placeOf(hash: number): number {
    return hash & (this.#places.length - 1);
  }

  #hashOf(words: Words): number {
    let hash = words.length;
    for (let place = 0; place < words.length; place += 1) {
      hash = Math.imul(hash ^ (words[place] ?? 0), this.#factor);
      hash ^= hash >>> 15;
    }
    return hash >>> 0;
  }
}

function randomOdd(): number {
  return Math.floor(Math.random() * 2 ** 31) * 2 + 1;
}

function isSame(a: Words, b: Words): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index += 1) if (a[index] !== b[index]) return false;
  return true;
}
