/**
 * Items in order of the prefix that each stands under: those inside a prefix stand side by side.
 *
 * Kept in chunks, so that one more item moves only those of its chunk. Several items may stand under one prefix.
 * Cost: add, remove and find O(log n + CHUNK); a stretch O(what it yields).
 */
import { byteMask, type Prefix } from './cidr.ts';

/** Native comparison of these texts is comparison of family, then address, then length. */
export type Place = string;

/** Places from `start` up to, but not including, `end`. */
export interface Stretch {
  readonly start: Place;
  readonly end: Place;
}

interface Chunk<Item> {
  /** Ascending; never empty. */
  readonly places: Place[];
  readonly items: Item[];
}

const CHUNK = 512;
/** Behind every length of a prefix. */
const AFTER_LENGTHS = '\u0100';

export const EVERYWHERE: Stretch = { start: '', end: '\uffff' };

/** Of the prefix itself and all inside it: its address is the lowest of theirs, and it is the shortest. */
export function stretchOf(prefix: Prefix): Stretch {
  return { start: placeOf(prefix), end: `${lastAddress(prefix)}${AFTER_LENGTHS}` };
}

/** Family, address and length, a character for each byte. */
function placeOf({ family, bytes, bits }: Prefix): Place {
  return String.fromCharCode(family, ...bytes, bits);
}

function lastAddress({ family, bytes, bits }: Prefix): string {
  const last = bytes.map((byte, index) => byte | (~byteMask(bits - index * 8) & 0xff));
  return String.fromCharCode(family, ...last);
}

export class PrefixOrder<Item> {
  readonly #chunks: Chunk<Item>[] = [];

  add(prefix: Prefix, item: Item): void {
    const place = placeOf(prefix);
    const at = Math.min(this.#chunkFor(place), this.#chunks.length - 1);
    const chunk = this.#chunks[at];
    if (chunk === undefined) {
      this.#chunks.push({ places: [place], items: [item] });
      return;
    }
    const offset = lowerBound(chunk.places, place);
    chunk.places.splice(offset, 0, place);
    chunk.items.splice(offset, 0, item);
    if (chunk.places.length >= 2 * CHUNK) this.#split(at, chunk);
  }

  remove(prefix: Prefix, item: Item): void {
    const place = placeOf(prefix);
    for (let at = this.#chunkFor(place); at < this.#chunks.length; at += 1) {
      const chunk = this.#chunks[at];
      let offset = lowerBound(chunk?.places ?? [], place);
      if (chunk === undefined || chunk.places[offset] !== place) return;
      while (chunk.places[offset] === place && chunk.items[offset] !== item) offset += 1;
      if (chunk.places[offset] !== place) continue;
      chunk.places.splice(offset, 1);
      chunk.items.splice(offset, 1);
      if (chunk.places.length === 0) this.#chunks.splice(at, 1);
      return;
    }
  }

  /** Those under exactly this prefix. */
  at(prefix: Prefix): Iterable<Item> {
    const start = placeOf(prefix);
    return this.between({ start, end: `${start}\u0000` });
  }

  *between({ start, end }: Stretch): Iterable<Item> {
    for (let at = this.#chunkFor(start); at < this.#chunks.length; at += 1) {
      const { places, items } = this.#chunks[at] ?? { places: [], items: [] };
      for (let offset = lowerBound(places, start); offset < places.length; offset += 1) {
        const [place, item] = [places[offset], items[offset]];
        if (place === undefined || item === undefined || place >= end) return;
        yield item;
      }
    }
  }

  #split(at: number, chunk: Chunk<Item>): void {
    const upper = { places: chunk.places.splice(CHUNK), items: chunk.items.splice(CHUNK) };
    this.#chunks.splice(at + 1, 0, upper);
  }

  /** The first chunk that ends at or behind a place; one more than there are if none does. */
  #chunkFor(place: Place): number {
    let low = 0;
    let high = this.#chunks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#chunks[middle]?.places.at(-1) ?? '') < place) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function lowerBound(places: readonly Place[], place: Place): number {
  let low = 0;
  let high = places.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((places[middle] ?? '') < place) low = middle + 1;
    else high = middle;
  }
  return low;
}
