/**
 * Equality of decoded values: plain data, arrays and maps.
 *
 * Cost: O(size); objects are decoded, so that their depth is bounded by their types.
 */
export function isSameValue(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (a instanceof Map && b instanceof Map) return isSameMap(a, b);
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => isSameValue(item, b[index]));
  }
  if (a instanceof Map || b instanceof Map || Array.isArray(a) !== Array.isArray(b)) return false;
  return isSameMap(new Map(Object.entries(a)), new Map(Object.entries(b)));
}

function isSameMap(a: ReadonlyMap<unknown, unknown>, b: ReadonlyMap<unknown, unknown>): boolean {
  if (a.size !== b.size) return false;
  for (const [key, value] of a) if (!b.has(key) || !isSameValue(value, b.get(key))) return false;
  return true;
}
