/**
 * Numbers of rows: what goes leaves its number to what comes next, so that columns are as long as the most rows at one time.
 *
 * Numbers start at 1: 0 in a column is no row. Cost: O(1).
 */
export class RowNumbers {
  readonly #free: number[] = [];
  #last = 0;

  /** How many are taken. */
  get size(): number {
    return this.#last - this.#free.length;
  }

  take(): number {
    return this.#free.pop() ?? ++this.#last;
  }

  free(row: number): void {
    this.#free.push(row);
  }
}
