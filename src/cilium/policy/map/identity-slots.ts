/**
 * Numeric identities -> consecutive slots in ascending order, so that arrays can take the place of maps.
 *
 * Identities cluster in few ranges (one per cluster, one for node-local ones), so pages of the number space are few.
 * Cost: add and look-up O(1), seal O(pages); 16 kB a page.
 */
const PAGE_BITS = 12;
const PAGE_SIZE = 1 << PAGE_BITS;
const PAGE_MASK = PAGE_SIZE - 1;

/** Stands for "added"; once sealed, pages hold slots counted from 1. */
const ADDED = 1;

const NO_PAGE = new Int32Array(PAGE_SIZE);

export class IdentitySlots {
  readonly #pages = new Map<number, Int32Array>();
  #ids: Uint32Array = new Uint32Array(0);
  /** Neighbours come one after the other: the page of the last look-up is most often that of the next. */
  #number = -1;
  #page: Int32Array = NO_PAGE;

  /** Not after `seal`. */
  add(ids: Iterable<number>): void {
    for (const id of ids) this.#pageFor(id)[id & PAGE_MASK] = ADDED;
  }

  /** Gives out the slots. */
  seal(): void {
    const ids: number[] = [];
    for (const number of [...this.#pages.keys()].sort((a, b) => a - b)) {
      const page = this.#pages.get(number) ?? NO_PAGE;
      for (let offset = 0; offset < PAGE_SIZE; offset += 1) {
        if (page[offset] === ADDED) page[offset] = ids.push(number * PAGE_SIZE + offset);
      }
    }
    this.#ids = Uint32Array.from(ids);
  }

  /** The identity of each slot. */
  get ids(): Uint32Array {
    return this.#ids;
  }

  /** -1 for an identity that was not added. */
  slotOf(id: number): number {
    const number = id >>> PAGE_BITS;
    if (number !== this.#number) {
      this.#number = number;
      this.#page = this.#pages.get(number) ?? NO_PAGE;
    }
    return (this.#page[id & PAGE_MASK] ?? 0) - 1;
  }

  #pageFor(id: number): Int32Array {
    const number = id >>> PAGE_BITS;
    if (number === this.#number) return this.#page;
    this.#number = number;
    this.#page = this.#pages.get(number) ?? new Int32Array(PAGE_SIZE);
    this.#pages.set(number, this.#page);
    return this.#page;
  }
}
