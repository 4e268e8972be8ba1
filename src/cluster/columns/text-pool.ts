/**
 * Texts that many things have in common, each once and under a number.
 *
 * Invariant: a text is here exactly as long as somebody holds it; its number is its own until then.
 * Cost: O(1) for each hold, one entry of a map for each text.
 */
import { numberColumn } from './column.ts';
import { RowNumbers } from './row-numbers.ts';

export class TextPool {
  readonly #numbers = new Map<string, number>();
  readonly #texts: string[] = [];
  readonly #holds = numberColumn();
  readonly #rows = new RowNumbers();

  get size(): number {
    return this.#rows.size;
  }

  /** Each hold wants one `release`. */
  hold(text: string): number {
    const number = this.#numbers.get(text) ?? this.#add(text);
    this.#holds.add(number, 1);
    return number;
  }

  at(number: number): string {
    return this.#texts[number] ?? '';
  }

  release(number: number): void {
    if (this.#holds.add(number, -1) > 0) return;
    this.#numbers.delete(this.at(number));
    this.#texts[number] = '';
    this.#rows.free(number);
  }

  #add(text: string): number {
    const number = this.#rows.take();
    this.#numbers.set(text, number);
    this.#texts[number] = text;
    return number;
  }
}
