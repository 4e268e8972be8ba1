/** A list that counts how often its items are read: work that a test can bound without a clock. */

export interface CountedList<Item> {
  readonly items: readonly Item[];
  readonly reads: () => number;
}

export function countedReads<Item>(list: readonly Item[]): CountedList<Item> {
  let reads = 0;
  const items = new Proxy(list, {
    get(target, key, receiver): unknown {
      if (typeof key === 'string' && /^\d+$/.test(key)) reads += 1;
      return Reflect.get(target, key, receiver);
    },
  });
  return { items, reads: () => reads };
}
