/**
 * Numeric identities -> consecutive slots in ascending order, so that arrays can take the place of maps.
 *
 * Identities cluster in few ranges (one per cluster, one for node-local ones), so pages of the number space are few. A page is a
 * bit for each number, so that few identities far apart cost little.
 * Cost: add and look-up O(1), seal O(pages + identities); 1 kB a page of 4,096 numbers.
 */
const PAGE_BITS = 12;
const WORD_BITS = 5;
const WORDS = 1 << (PAGE_BITS - WORD_BITS);
const WORD_MASK = WORDS - 1;
const BIT_MASK = (1 << WORD_BITS) - 1;

interface Page {
  /** Which numbers were added. */
  readonly bits: Int32Array;
  /** Sealed: the slot of the first one of each word. */
  readonly firsts: Int32Array;
}

const NO_PAGE = emptyPage();

export class IdentitySlots {
  readonly #pages = new Map<number, Page>();
  #ids: Uint32Array = new Uint32Array(0);
  /** Neighbours come one after the other: the page of the last look-up is most often that of the next. */
  #number = -1;
  #page = NO_PAGE;

  /** Not after `seal`. */
  add(ids: Iterable<number>): void {
    for (const id of ids) {
      const { bits } = this.#pageFor(id);
      const word = wordOf(id);
      bits[word] = (bits[word] ?? 0) | (1 << (id & BIT_MASK));
    }
  }

  /** Gives out the slots. */
  seal(): void {
    const ids: number[] = [];
    for (const number of [...this.#pages.keys()].sort((a, b) => a - b)) {
      const { bits, firsts } = this.#pages.get(number) ?? NO_PAGE;
      for (let word = 0; word < WORDS; word += 1) {
        firsts[word] = ids.length;
        for (let left = bits[word] ?? 0; left !== 0; left &= left - 1) {
          ids.push(number * 2 ** PAGE_BITS + (word << WORD_BITS) + lowestBit(left));
        }
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
    const word = wordOf(id);
    const bits = this.#page.bits[word] ?? 0;
    const bit = 1 << (id & BIT_MASK);
    return (bits & bit) === 0 ? -1 : (this.#page.firsts[word] ?? 0) + bitsIn(bits & (bit - 1));
  }

  #pageFor(id: number): Page {
    const number = id >>> PAGE_BITS;
    if (number === this.#number) return this.#page;
    this.#number = number;
    this.#page = this.#pages.get(number) ?? emptyPage();
    this.#pages.set(number, this.#page);
    return this.#page;
  }
}

function emptyPage(): Page {
  return { bits: new Int32Array(WORDS), firsts: new Int32Array(WORDS) };
}

function wordOf(id: number): number {
  return (id >>> WORD_BITS) & WORD_MASK;
}

/** Its place, counted from 0. */
function lowestBit(word: number): number {
  return BIT_MASK - Math.clz32(word & -word);
}

/** How many bits of a word are set. */
function bitsIn(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
