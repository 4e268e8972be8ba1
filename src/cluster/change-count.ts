/**
 * Counts that are kept up: what comes adds, what goes takes away, and nothing is kept for what is not there.
 */

/** Comes back with the new count. */
export function changeCount<Key>(counts: Map<Key, number>, key: Key, by: number): number {
  const count = (counts.get(key) ?? 0) + by;
  if (count === 0) counts.delete(key);
  else counts.set(key, count);
  return count;
}
