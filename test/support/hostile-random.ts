/**
 * Randomness for load that can be repeated: a small generator with a seed (mulberry32), and words that never come twice.
 */
export type Random = () => number;

export function seededRandom(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export function word(random: Random): string {
  return `x-${Math.floor(random() * 2 ** 48).toString(36)}`;
}

export function below(limit: number, random: Random): number {
  return Math.floor(random() * limit);
}

export function pick<Item>(items: readonly Item[], random: Random): Item {
  const item = items[below(items.length, random)];
  if (item === undefined) throw new Error('nothing to pick from');
  return item;
}

/** Fewer than `limit` of them. */
export function some<Item>(limit: number, random: Random, make: (random: Random) => Item): readonly Item[] {
  return Array.from({ length: below(limit, random) }, () => make(random));
}
