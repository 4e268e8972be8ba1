/**
 * A column of numbers that grows with the rows that are set: what is kept of many things takes bytes, not objects.
 *
 * Invariant: a row that was never set holds 0. Cost: O(1); a set beyond the end copies the column, which doubles then.
 */
type Numbers = Uint8Array | Uint32Array | Float64Array;

const FIRST_ROWS = 64;

export class Column<Values extends Numbers = Uint32Array> {
  readonly #make: (length: number) => Values;
  #values: Values;

  constructor(make: (length: number) => Values) {
    this.#make = make;
    this.#values = make(FIRST_ROWS);
  }

  at(row: number): number {
    return this.#values[row] ?? 0;
  }

  set(row: number, value: number): void {
    if (row >= this.#values.length) this.#grow(row);
    this.#values[row] = value;
  }

  /** The new value. */
  add(row: number, by: number): number {
    const value = this.at(row) + by;
    this.set(row, value);
    return value;
  }

  #grow(row: number): void {
    const values = this.#values;
    this.#values = this.#make(Math.max(row + 1, 2 * values.length));
    this.#values.set(values);
  }
}

export function numberColumn(): Column {
  return new Column((length) => new Uint32Array(length));
}

export function byteColumn(): Column<Uint8Array> {
  return new Column((length) => new Uint8Array(length));
}

/** For times. */
export function floatColumn(): Column<Float64Array> {
  return new Column((length) => new Float64Array(length));
}
