/**
 * Node-local identities by the prefix of their cidr label, in order of address: those inside a prefix stand side by side.
 *
 * A selector of the world but for thousands of prefixes asks for a stretch less as many stretches, where holding it against
 * every identity would cost their product.
 * Invariant: a number for each identity with a cidr label, and for no other.
 * Cost: made in O(n log n); a prefix O(log n), a selector O(its prefixes x log n + n) with no look at a label.
 */
import type { NumericIdentity } from '../../cilium/identity/numeric-identity.ts';
import { prefixOfLabelKey, type Prefix } from '../../cilium/policy/cidr.ts';
import type { Requirement } from '../../cilium/policy/selector.ts';

/** Positions from `start` up to, but not including, `end`. */
interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** Behind every length of a prefix. */
const AFTER_LENGTHS = '\u0100';

export class PrefixIndex {
  /** Ascending; native comparison of these texts is comparison of address, then length. */
  readonly #places: readonly string[];
  readonly #ids: readonly NumericIdentity[];

  constructor(prefixes: Iterable<readonly [NumericIdentity, Prefix]>) {
    const placed = Array.from(prefixes, ([id, prefix]) => ({ id, place: placeOf(prefix) }));
    placed.sort((a, b) => (a.place < b.place ? -1 : 1));
    this.#places = placed.map(({ place }) => place);
    this.#ids = placed.map(({ id }) => id);
  }

  /** The identities for which all of these requirements on prefixes hold, of those that have a cidr label. */
  meeting(requirements: readonly Requirement[]): readonly NumericIdentity[] {
    let kept: Stretch = { start: 0, end: this.#ids.length };
    const left: Stretch[] = [];
    for (const { key, operator } of requirements) {
      const stretch = this.#inside(prefixOfLabelKey(key));
      if (operator === 'DoesNotExist') left.push(stretch);
      else kept = { start: Math.max(kept.start, stretch.start), end: Math.min(kept.end, stretch.end) };
    }
    return this.#without(kept, left);
  }

  #without({ start, end }: Stretch, left: readonly Stretch[]): readonly NumericIdentity[] {
    const ids: NumericIdentity[] = [];
    let next = start;
    for (const gap of [...left].sort((a, b) => a.start - b.start)) {
      for (; next < Math.min(gap.start, end); next += 1) ids.push(this.#ids[next] ?? 0);
      next = Math.max(next, gap.end);
    }
    for (; next < end; next += 1) ids.push(this.#ids[next] ?? 0);
    return ids;
  }

  /** A prefix around others has the lowest place of them all: its address is the lowest, and it is the shortest. */
  #inside(prefix: Prefix | undefined): Stretch {
    if (prefix === undefined) return { start: 0, end: 0 };
    return {
      start: this.#lowerBound(placeOf(prefix)),
      end: this.#lowerBound(`${lastAddress(prefix)}${AFTER_LENGTHS}`),
    };
  }

  #lowerBound(place: string): number {
    let low = 0;
    let high = this.#places.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#places[middle] ?? '') < place) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Family, address and length, a character for each byte. */
function placeOf({ family, bytes, bits }: Prefix): string {
  return String.fromCharCode(family, ...bytes, bits);
}

function lastAddress({ family, bytes, bits }: Prefix): string {
  const last = bytes.map((byte, index) => byte | (0xff >> Math.min(8, Math.max(0, bits - index * 8))));
  return String.fromCharCode(family, ...last);
}
