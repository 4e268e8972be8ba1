/**
 * A number for each identity, all of them forgotten at once.
 *
 * Counts follow one another by the thousand, and each would have pages of its own cleared; these are lent, and what one count
 * wrote is older than what the next one reads.
 * Invariant: bounded by the numbers that identities have; pages of far too many numbers are not kept.
 * Cost: O(1); 16 kB for a page of 4,096 numbers, of which identities of one cluster fill few.
 */
const PAGE_BITS = 12;
const PAGE_SIZE = 1 << PAGE_BITS;
const PAGE_MASK = PAGE_SIZE - 1;

/** Of small integers: what is no more is fast. */
const HIGHEST = 2 ** 30;

/** 4 MB. */
const MOST_PAGES_KEPT = 256;
/** Counts that pause take turns with each other, but few do. */
const MOST_SPARE = 2;

const spare: IdentityMarks[] = [];

export function lendMarks(): IdentityMarks {
  return spare.pop() ?? new IdentityMarks();
}

/** Whoever was lent them writes to them no more. */
export function takeBackMarks(marks: IdentityMarks): void {
  if (spare.length === MOST_SPARE || marks.pageCount > MOST_PAGES_KEPT) return;
  marks.forget();
  spare.push(marks);
}

export class IdentityMarks {
  readonly #pages = new Map<number, Int32Array>();
  /** What is not above it was written for somebody else. */
  #base = 0;
  #highest = 0;
  /** Neighbours come one after the other: the page of the last look-up is most often that of the next. */
  #number = -1;
  #page: Int32Array = new Int32Array(PAGE_SIZE);

  get pageCount(): number {
    return this.#pages.size;
  }

  /** 0: none. */
  get(id: number): number {
    const mark = this.#pageFor(id)[id & PAGE_MASK] ?? 0;
    return mark > this.#base ? mark - this.#base : 0;
  }

  /** `mark`: above 0. */
  set(id: number, mark: number): void {
    const written = this.#base + mark;
    this.#pageFor(id)[id & PAGE_MASK] = written;
    if (written > this.#highest) this.#highest = written;
  }

  forget(): void {
    this.#base = this.#highest;
    if (this.#base < HIGHEST) return;
    for (const page of this.#pages.values()) page.fill(0);
    this.#base = 0;
    this.#highest = 0;
  }

  #pageFor(id: number): Int32Array {
    const number = id >>> PAGE_BITS;
    if (number === this.#number) return this.#page;
    let page = this.#pages.get(number);
    if (page === undefined) {
      page = new Int32Array(PAGE_SIZE);
      this.#pages.set(number, page);
    }
    this.#number = number;
    this.#page = page;
    return page;
  }
}
