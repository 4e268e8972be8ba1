/**
 * How often each item is there under a key; a what-if layer holds what is more and what is less than below.
 *
 * Invariant: nothing is kept for what is not there.
 * Cost: O(1) to add, and to learn that there is not one alone; a look O(items under the key) in a what-if layer that changed
 * them, else O(1), with a map for a single item.
 */
import { changeCount } from '../change-count.ts';

/** Most keys have one item: no map is kept for it. */
type Counts<Item> = { readonly item: Item; readonly count: number } | Map<Item, number>;

export class LayeredCounts<Key, Item> {
  readonly #base: LayeredCounts<Key, Item> | undefined;
  /** Of a what-if layer the difference, which may be negative. */
  readonly #own = new Map<Key, Counts<Item>>();
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
    const own = changed(this.#own.get(key), item, by);
    if (own === undefined) this.#own.delete(key);
    else this.#own.set(key, own);
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
    if (this.#base === undefined) return mapOf(own);
    const counts = new Map(this.#base.of(key));
    for (const [item, difference] of mapOf(own)) counts.set(item, (counts.get(item) ?? 0) + difference);
    return new Map([...counts].filter(([, count]) => count > 0));
  }

  #count(key: Key, item: Item): number {
    return (this.#base === undefined ? 0 : this.#base.#count(key, item)) + countIn(this.#own.get(key), item);
  }

  #size(key: Key): number {
    return (this.#base === undefined ? 0 : this.#base.#size(key)) + (this.#sizes.get(key) ?? 0);
  }
}

/** undefined: nothing is left. A map stays one, as long as there is an item. */
function changed<Item>(counts: Counts<Item> | undefined, item: Item, by: number): Counts<Item> | undefined {
  if (counts === undefined) return by === 0 ? undefined : { item, count: by };
  if (!(counts instanceof Map) && counts.item === item) {
    return counts.count + by === 0 ? undefined : { item, count: counts.count + by };
  }
  const all = mapOf(counts);
  changeCount(all, item, by);
  return all.size === 0 ? undefined : all;
}

function mapOf<Item>(counts: Counts<Item>): Map<Item, number> {
  return counts instanceof Map ? counts : new Map([[counts.item, counts.count]]);
}

function countIn<Item>(counts: Counts<Item> | undefined, item: Item): number {
  if (counts instanceof Map) return counts.get(item) ?? 0;
  return counts?.item === item ? counts.count : 0;
}
