/**
 * Sequences of whole numbers by a number of their own, in one column: a sequence takes four bytes for each of its numbers.
 *
 * Invariant: a sequence reads as it was set, until it is deleted. What is deleted is left where it is, and takes no more than half
 * of the room; then all others move together.
 * Cost: O(numbers) to set or to read; a deletion O(1), with its share of the next move.
 */
import { numberColumn } from './column.ts';

/** Of 32 bits, with a sign. */
export type Sequence = ArrayLike<number>;

const FIRST_ROOM = 1024;

export class Sequences {
  readonly #starts = numberColumn();
  readonly #lengths = numberColumn();
  #numbers = new Int32Array(FIRST_ROOM);
  #used = 0;
  #deleted = 0;
  /** The numbers of sequences go from 1 up to this. */
  #last = 0;

  /** Read at once: what is set or deleted later may move it. */
  at(number: number): Sequence {
    const start = this.#starts.at(number);
    return this.#numbers.subarray(start, start + this.#lengths.at(number));
  }

  /** Under a number that has none. */
  set(number: number, sequence: Sequence): void {
    if (this.#used + sequence.length > this.#numbers.length) this.#move(2 * (this.#left + sequence.length));
    this.#numbers.set(sequence, this.#used);
    this.#starts.set(number, this.#used);
    this.#lengths.set(number, sequence.length);
    this.#used += sequence.length;
    this.#last = Math.max(this.#last, number);
  }

  delete(number: number): void {
    this.#deleted += this.#lengths.at(number);
    this.#lengths.set(number, 0);
    if (this.#deleted > FIRST_ROOM && this.#deleted > this.#left) this.#move(2 * this.#left);
  }

  get #left(): number {
    return this.#used - this.#deleted;
  }

  #move(room: number): void {
    const moved = new Int32Array(Math.max(FIRST_ROOM, room));
    let used = 0;
    for (let number = 1; number <= this.#last; number += 1) {
      const sequence = this.#numbers.subarray(
        this.#starts.at(number),
        this.#starts.at(number) + this.#lengths.at(number),
      );
      moved.set(sequence, used);
      this.#starts.set(number, used);
      used += sequence.length;
    }
    [this.#numbers, this.#used, this.#deleted] = [moved, used, 0];
  }
}
