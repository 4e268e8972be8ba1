/**
 * A sort that gives others a turn: tenants may have made up hundreds of thousands of label keys.
 *
 * Stretches of a bounded length are sorted at once and then merged, two by two.
 * Cost: O(n log n).
 */
import { PAUSE, type Pause } from '../check.ts';

const STRETCH = 2048;

/** A new list; equals keep their order. */
export function* sortedInSteps<Item>(
  items: Iterable<Item>,
  compare: (a: Item, b: Item) => number,
): Generator<Pause, readonly Item[]> {
  const all = [...items];
  let stretches: (readonly Item[])[] = [];
  for (let start = 0; start < all.length; start += STRETCH) {
    stretches.push(all.slice(start, start + STRETCH).sort(compare));
    yield PAUSE;
  }
  while (stretches.length > 1) {
    const merged: (readonly Item[])[] = [];
    for (let index = 0; index < stretches.length; index += 2) {
      merged.push(yield* mergedInSteps(stretches[index] ?? [], stretches[index + 1] ?? [], compare));
    }
    stretches = merged;
  }
  return stretches[0] ?? [];
}

function* mergedInSteps<Item>(
  a: readonly Item[],
  b: readonly Item[],
  compare: (a: Item, b: Item) => number,
): Generator<Pause, readonly Item[]> {
  const merged: Item[] = [];
  const rest = b.values();
  let other = rest.next();
  for (const item of a) {
    for (; other.done !== true && compare(other.value, item) < 0; other = rest.next()) {
      merged.push(other.value);
      if (merged.length % STRETCH === 0) yield PAUSE;
    }
    merged.push(item);
    if (merged.length % STRETCH === 0) yield PAUSE;
  }
  for (; other.done !== true; other = rest.next()) merged.push(other.value);
  return merged;
}
