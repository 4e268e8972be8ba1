/**
 * The policy map as Cilium makes it: key by key, each insert looking at all that is there.
 *
 * Written from pkg/policy/mapstate.go (insertWithChanges, without authentication and Pass) to be compared with the closed
 * form; quadratic, and with nothing in common with it but the numbers.
 */
export interface NaiveKey {
  readonly identity: number;
  readonly protocol: number;
  readonly port: number;
  readonly prefixLength: number;
}

export interface NaiveEntry extends NaiveKey {
  readonly precedence: number;
}

export interface NaiveOptions {
  readonly wildcardFor: (identity: number) => number;
  /** Entries that their wildcard repeats at the same port are left out (1.20). */
  readonly aggregates: boolean;
}

/** Inserts one after the other and returns what is left. */
export function naiveMapState(entries: readonly NaiveEntry[], options: NaiveOptions): readonly NaiveEntry[] {
  const ordered = entries.some(({ precedence }) => precedence !== entries[0]?.precedence || !isPlainAllow(precedence));
  const map = new Map<string, NaiveEntry>();
  for (const entry of entries) insert(map, entry, ordered, options);
  return [...map.values()];
}

function insert(map: Map<string, NaiveEntry>, entry: NaiveEntry, ordered: boolean, options: NaiveOptions): void {
  const { wildcardFor, aggregates } = options;
  const wildcard = wildcardFor(entry.identity);
  const repeated = map.get(keyText({ ...entry, identity: wildcard }));
  if (aggregates && wildcard !== entry.identity && repeated?.precedence === entry.precedence) return;
  const denies = isDeny(entry.precedence);
  if (denies || ordered) {
    for (const other of map.values()) {
      if (!covers(other, entry, wildcardFor)) continue;
      const sameDeny = denies && other.precedence === entry.precedence && keyText(other) !== keyText(entry);
      if (other.precedence > entry.precedence || sameDeny) return;
    }
    for (const [key, other] of map) {
      if (!covers(entry, other, wildcardFor)) continue;
      const sameDeny = denies && other.precedence === entry.precedence && key !== keyText(entry);
      if (other.precedence < entry.precedence || sameDeny) map.delete(key);
    }
  }
  if (aggregates && wildcard === entry.identity) {
    for (const [key, other] of map) {
      const isChild = other.identity !== wildcard && wildcardFor(other.identity) === wildcard;
      const samePort = keyText({ ...other, identity: wildcard }) === keyText(entry);
      if (isChild && samePort && other.precedence === entry.precedence) map.delete(key);
    }
  }
  const before = map.get(keyText(entry));
  if (before === undefined || before.precedence < entry.precedence) map.set(keyText(entry), entry);
}

function covers(broad: NaiveKey, narrow: NaiveKey, wildcardFor: NaiveOptions['wildcardFor']): boolean {
  if (broad.identity !== narrow.identity && broad.identity !== wildcardFor(narrow.identity)) return false;
  if (broad.protocol === 0) return true;
  if (broad.protocol !== narrow.protocol || broad.prefixLength > narrow.prefixLength) return false;
  const size = 2 ** (16 - broad.prefixLength);
  return narrow.port >= broad.port && narrow.port < broad.port + size;
}

function keyText({ identity, protocol, port, prefixLength }: NaiveKey): string {
  return `${identity} ${protocol} ${port}/${prefixLength}`;
}

function isDeny(precedence: number): boolean {
  return precedence % 256 === 255;
}

function isPlainAllow(precedence: number): boolean {
  return precedence % 256 === 1;
}
