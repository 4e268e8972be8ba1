/**
 * Equality of data: plain objects, lists and maps.
 *
 * Without recursion: what is compared may come from outside and be nested as deep as it likes. Cost: O(size).
 */
export function isSameValue(left: unknown, right: unknown): boolean {
  const open: (readonly [unknown, unknown])[] = [[left, right]];
  for (let pair = open.pop(); pair !== undefined; pair = open.pop()) {
    const [a, b] = pair;
    if (a === b) continue;
    const [partsOfA, partsOfB] = [partsOf(a), partsOf(b)];
    if (partsOfA === undefined || partsOfB === undefined || !isSameKind(a, b)) return false;
    if (partsOfA.size !== partsOfB.size) return false;
    for (const [key, part] of partsOfA) {
      if (!partsOfB.has(key)) return false;
      open.push([part, partsOfB.get(key)]);
    }
  }
  return true;
}

function isSameKind(a: unknown, b: unknown): boolean {
  return Array.isArray(a) === Array.isArray(b) && a instanceof Map === b instanceof Map;
}

function partsOf(value: unknown): ReadonlyMap<unknown, unknown> | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (value instanceof Map) return value;
  return new Map<unknown, unknown>(Array.isArray(value) ? value.entries() : Object.entries(value));
}
