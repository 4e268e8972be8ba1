/**
 * The policy map as Cilium makes it where rules say how peers authenticate: key by key, in the order that is given.
 *
 * Written from pkg/policy/mapstate.go (insertWithChanges, authPreferredInsert) to be compared with what any order leaves.
 */
import type { NaiveKey, NaiveOptions } from './naive-map-state.ts';

export interface AuthenticatedEntry extends NaiveKey {
  readonly precedence: number;
  /** 0: nothing is said; then 1 to 3 for the modes. */
  readonly requirement: number;
}

interface Kept extends NaiveKey {
  precedence: number;
  explicit: boolean;
  type: number;
}

/** Inserts one after the other and returns the keys that are left, each with its precedence. */
export function naiveAuthenticatedMap(
  entries: readonly AuthenticatedEntry[],
  options: NaiveOptions,
): ReadonlyMap<string, number> {
  const map = new Map<string, Kept>();
  for (const { requirement, ...entry } of entries) {
    insert(map, { ...entry, explicit: requirement > 0, type: Math.max(0, requirement - 1) }, options);
  }
  return new Map([...map].map(([key, { precedence }]) => [key, precedence]));
}

export function keyOf({ identity, protocol, port, prefixLength }: NaiveKey): string {
  return `${identity} ${protocol} ${port}/${prefixLength}`;
}

function insert(map: Map<string, Kept>, entry: Kept, { wildcardFor, aggregates }: NaiveOptions): void {
  const wildcard = wildcardFor(entry.identity);
  const general = map.get(keyOf({ ...entry, identity: wildcard }));
  if (aggregates && wildcard !== entry.identity && general !== undefined && isAlike(general, entry)) return;
  if (isDeny(entry)) {
    if (!insertDeny(map, entry, wildcardFor)) return;
    if (aggregates) pruneAggregated(map, entry, wildcardFor);
    merge(map, entry);
    return;
  }
  // What is handed to the entry on its way into the map is not what others are compared with, in the map or not.
  const asked = { ...entry };
  if (insertAllow(map, entry)) merge(map, entry);
  if (aggregates) pruneAggregated(map, asked, wildcardFor);
}

function pruneAggregated(map: Map<string, Kept>, entry: Kept, wildcardFor: NaiveOptions['wildcardFor']): void {
  const wildcard = entry.identity;
  for (const [key, other] of map) {
    const isRepeated = keyOf({ ...other, identity: wildcard }) === keyOf(entry) && isAlike(other, entry);
    if (other.identity !== wildcard && wildcardFor(other.identity) === wildcard && isRepeated) map.delete(key);
  }
}

function insertDeny(map: Map<string, Kept>, entry: Kept, wildcardFor: NaiveOptions['wildcardFor']): boolean {
  const meets = (broad: Kept, narrow: Kept): boolean =>
    (broad.identity === narrow.identity || broad.identity === wildcardFor(narrow.identity)) && covers(broad, narrow);
  const yields = (other: Kept): boolean =>
    other.precedence > entry.precedence || (other.precedence === entry.precedence && keyOf(other) !== keyOf(entry));
  for (const other of map.values()) if (meets(other, entry) && yields(other)) return false;
  for (const [key, other] of map) {
    const gives =
      other.precedence < entry.precedence || (other.precedence === entry.precedence && key !== keyOf(entry));
    if (meets(entry, other) && gives) map.delete(key);
  }
  return true;
}

function insertAllow(map: Map<string, Kept>, entry: Kept): boolean {
  const own = [...map.values()].filter(({ identity }) => identity === entry.identity);
  let isHanded = false;
  for (const other of own.filter((one) => covers(one, entry)).sort((a, b) => lengthOf(b) - lengthOf(a))) {
    if (other.precedence > entry.precedence) {
      if (isDeny(other) || !entry.explicit) return false;
      entry.precedence = other.precedence;
      break;
    }
    if (!isHanded && !entry.explicit && other.explicit && keyOf(other) !== keyOf(entry)) {
      entry.type = other.type;
      isHanded = true;
    }
  }
  let isDone = false;
  for (const other of own.filter((one) => covers(entry, one)).sort((a, b) => lengthOf(a) - lengthOf(b))) {
    if (other.precedence < entry.precedence) {
      if (!other.explicit) {
        map.delete(keyOf(other));
        continue;
      }
      other.precedence = entry.precedence;
    }
    if (isDone || !entry.explicit || keyOf(other) === keyOf(entry)) continue;
    if (isDeny(other) || other.explicit) isDone = true;
    else other.type = entry.type;
  }
  return true;
}

function merge(map: Map<string, Kept>, entry: Kept): void {
  const before = map.get(keyOf(entry));
  if (before === undefined || isDeny(before) !== isDeny(entry)) {
    if (before === undefined || entry.precedence >= before.precedence) map.set(keyOf(entry), entry);
    return;
  }
  before.precedence = Math.max(before.precedence, entry.precedence);
  if (before.explicit === entry.explicit) before.type = Math.max(before.type, entry.type);
  else if (entry.explicit) [before.explicit, before.type] = [true, entry.type];
}

function covers(broad: NaiveKey, narrow: NaiveKey): boolean {
  if (broad.protocol === 0) return true;
  if (broad.protocol !== narrow.protocol || broad.prefixLength > narrow.prefixLength) return false;
  const size = 2 ** (16 - broad.prefixLength);
  return narrow.port >= broad.port && narrow.port < broad.port + size;
}

function lengthOf({ protocol, prefixLength }: NaiveKey): number {
  return protocol === 0 ? 0 : 8 + prefixLength;
}

function isAlike(a: Kept, b: Kept): boolean {
  return a.precedence === b.precedence && a.explicit === b.explicit && a.type === b.type;
}

function isDeny({ precedence }: Kept): boolean {
  return precedence % 256 === 255;
}
