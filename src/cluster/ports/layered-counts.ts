/**
 * How often each item is there under a key; a what-if layer holds what is more and what is less than below.
 *
 * Invariant: nothing is kept for what is not there.
 * Cost: O(1) to add, and to learn that there is not one alone; a look O(items under the key) in a what-if layer that changed
 * them, else O(1).
 */
import { getOrMake } from '../../cilium/get-or-make.ts';
import { changeCount } from '../change-count.ts';

export class LayeredCounts<Key, Item> {
  readonly #base: LayeredCounts<Key, Item> | undefined;
  /** Of a what-if layer the difference, which may be negative. */
  readonly #own = new Map<Key, Map<Item, number>>();
  /** How many items are there; of a what-if layer how many more than below. */
  readonly #sizes = new Map<Key, number>();

  constructor(base?: LayeredCounts<Key, Item>) {
    this.#base = base;
  }

  /** Whether this layer holds nothing of its own. */
  get isEmpty(): boolean {
    return this.#own.size === 0;
  }

  /** Whether the item appeared or vanished with this. */
  add(key: Key, item: Item, by: number): boolean {
    const before = this.#count(key, item);
    const own = getOrMake(this.#own, key, () => new Map<Item, number>());
    changeCount(own, item, by);
    if (own.size === 0) this.#own.delete(key);
    const change = Number(before + by > 0) - Number(before > 0);
    changeCount(this.#sizes, key, change);
    return change !== 0;
  }

  /** The one item that is there; undefined where there is none, or another. */
  only(key: Key): Item | undefined {
    if (this.#size(key) !== 1) return undefined;
    const [item] = this.of(key).keys();
    return item;
  }

  /** Those that are there. */
  of(key: Key): ReadonlyMap<Item, number> {
    const own = this.#own.get(key);
    if (own === undefined) return this.#base?.of(key) ?? new Map<Item, number>();
    if (this.#base === undefined) return own;
    const counts = new Map(this.#base.of(key));
    for (const [item, difference] of own) counts.set(item, (counts.get(item) ?? 0) + difference);
    return new Map([...counts].filter(([, count]) => count > 0));
  }

  #count(key: Key, item: Item): number {
    return (this.#base === undefined ? 0 : this.#base.#count(key, item)) + (this.#own.get(key)?.get(item) ?? 0);
  }

  #size(key: Key): number {
    return (this.#base === undefined ? 0 : this.#base.#size(key)) + (this.#sizes.get(key) ?? 0);
  }
}
