/**
 * A set of numbers from 1 up, in some eight bytes each: what a Set keeps of thirty.
 *
 * Open addressing: a number stands in the first free place behind its own. Whoever goes lets those behind it move up.
 * Invariant: between a number and its place there is no free one. Cost: O(1); no order.
 */
const FIRST_PLACES = 16;
/** Of the golden ratio, as for any table by multiplication: numbers in a row are spread. */
const FACTOR = 0x9e3779b1;

export class NumberSet implements Iterable<number> {
  /** 0 is a free place; there are a power of two. */
  #places = new Uint32Array(FIRST_PLACES);
  #shift = 32 - Math.log2(FIRST_PLACES);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  has(number: number): boolean {
    return this.#places[this.#find(number)] === number;
  }

  add(number: number): void {
    const place = this.#find(number);
    if (this.#places[place] === number) return;
    this.#places[place] = number;
    this.#size += 1;
    if (4 * this.#size > 3 * this.#places.length) this.#resize(2 * this.#places.length);
  }

  delete(number: number): boolean {
    const place = this.#find(number);
    if (this.#places[place] !== number) return false;
    this.#close(place);
    this.#size -= 1;
    if (8 * this.#size < this.#places.length && this.#places.length > FIRST_PLACES) {
      this.#resize(this.#places.length / 2);
    }
    return true;
  }

  /** Writes them all from this place on; returns the place behind. */
  writeTo(target: Uint32Array, from: number): number {
    let at = from;
    for (const number of this.#places) if (number !== 0) target[at++] = number;
    return at;
  }

  *[Symbol.iterator](): Iterator<number> {
    for (const number of this.#places) if (number !== 0) yield number;
  }

  /** Where it is, or where it would be. */
  #find(number: number): number {
    const last = this.#places.length - 1;
    let place = this.#placeOf(number);
    while (this.#places[place] !== 0 && this.#places[place] !== number) place = (place + 1) & last;
    return place;
  }

  /** Moves up what stands behind, each as near to its own place as that leaves it. */
  #close(free: number): void {
    const places = this.#places;
    const last = places.length - 1;
    let hole = free;
    for (let place = (hole + 1) & last; places[place] !== 0; place = (place + 1) & last) {
      const number = places[place] ?? 0;
      if (((place - this.#placeOf(number)) & last) < ((place - hole) & last)) continue;
      places[hole] = number;
      hole = place;
    }
    places[hole] = 0;
  }

  #resize(length: number): void {
    const before = this.#places;
    this.#places = new Uint32Array(length);
    this.#shift = 32 - Math.log2(length);
    for (const number of before) if (number !== 0) this.#places[this.#find(number)] = number;
  }

  #placeOf(number: number): number {
    return Math.imul(number, FACTOR) >>> this.#shift;
  }
}
