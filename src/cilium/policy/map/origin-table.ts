/**
 * Lists of rule references, each kept once and named by a number, so that a map entry needs four bytes for its origins.
 *
 * Invariant: a joined list is bounded. Thousands of rules may ask for one entry, and each entry for other thousands; of such
 * an entry the first rules are named, in the order of rules.
 * Cost: joining two lists that were joined before O(1), others O(MOST_ORIGINS).
 */
import type { RuleRef } from '../../objects.ts';
import { MOST_ORIGINS } from '../filter-entry.ts';

/** Names a list of origins; 0 is the empty one. */
export type OriginIndex = number;

export interface Origins {
  /** A number for this list. The same list object gets the same number. */
  indexOf(origins: readonly RuleRef[]): OriginIndex;
  join(a: OriginIndex, b: OriginIndex): OriginIndex;
}

export class OriginTable implements Origins {
  readonly #lists: (readonly RuleRef[])[] = [[]];
  readonly #indexes = new Map<readonly RuleRef[], OriginIndex>();
  readonly #joined = new Map<number, OriginIndex>();

  indexOf(origins: readonly RuleRef[]): OriginIndex {
    if (origins.length === 0) return 0;
    const known = this.#indexes.get(origins);
    if (known !== undefined) return known;
    const index = this.#lists.push(origins) - 1;
    this.#indexes.set(origins, index);
    return index;
  }

  join(a: OriginIndex, b: OriginIndex): OriginIndex {
    if (a === b || b === 0) return a;
    if (a === 0) return b;
    const pair = Math.min(a, b) * 2 ** 26 + Math.max(a, b);
    const known = this.#joined.get(pair);
    if (known !== undefined) return known;
    const first = this.at(a);
    if (first.length >= MOST_ORIGINS) return a;
    const index = this.#lists.push([...new Set([...first, ...this.at(b)])].slice(0, MOST_ORIGINS)) - 1;
    this.#joined.set(pair, index);
    return index;
  }

  at(index: OriginIndex): readonly RuleRef[] {
    return this.#lists[index] ?? [];
  }
}

/** For counts: origins play no part. */
export const NO_ORIGINS: Origins = { indexOf: () => 0, join: () => 0 };
