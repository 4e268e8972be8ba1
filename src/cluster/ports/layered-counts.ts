/**
 * How often each item is there under a key; a what-if layer holds what is more and what is less than below.
 *
 * Invariant: nothing is kept for what is not there.
 * Cost: O(1) to add; a look O(items under the key) in a what-if layer that changed them, else O(1).
 */
import { getOrMake } from '../../cilium/get-or-make.ts';

export class LayeredCounts<Key, Item> {
  readonly #base: LayeredCounts<Key, Item> | undefined;
  /** Of a what-if layer the difference, which may be negative. */
  readonly #own = new Map<Key, Map<Item, number>>();

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
    const difference = (own.get(item) ?? 0) + by;
    if (difference === 0) own.delete(item);
    else own.set(item, difference);
    if (own.size === 0) this.#own.delete(key);
    return before > 0 !== before + by > 0;
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
    return (this.#base?.of(key).get(item) ?? 0) + (this.#own.get(key)?.get(item) ?? 0);
  }
}
