/**
 * Lists of rows of which each is in one list at most: two columns, and three numbers for a list.
 *
 * Invariant: a list has its rows in the order in which they were appended. Cost: O(1) to append and to remove.
 */
import { numberColumn } from './column.ts';

/** Changed by RowLists alone. */
export interface RowList {
  /** 0: none. */
  first: number;
  last: number;
  size: number;
}

export function emptyList(): RowList {
  return { first: 0, last: 0, size: 0 };
}

export class RowLists {
  readonly #next = numberColumn();
  readonly #before = numberColumn();

  /** For a row that is in no list. */
  append(list: RowList, row: number): void {
    this.#before.set(row, list.last);
    this.#next.set(row, 0);
    if (list.last === 0) list.first = row;
    else this.#next.set(list.last, row);
    list.last = row;
    list.size += 1;
  }

  /** For a row that is in this list. */
  remove(list: RowList, row: number): void {
    const [before, next] = [this.#before.at(row), this.#next.at(row)];
    if (before === 0) list.first = next;
    else this.#next.set(before, next);
    if (next === 0) list.last = before;
    else this.#before.set(next, before);
    list.size -= 1;
  }

  *rows({ first }: RowList): Iterable<number> {
    for (let row = first; row !== 0; row = this.#next.at(row)) yield row;
  }
}
