/**
 * A Cilium label, the sorted label array that is an identity, and its canonical key.
 *
 * Mirrors pkg/labels (Label, LabelArray, FormatForKVStore) and pkg/identity/key (GlobalIdentity.GetKey).
 * Invariant: a LabelArray is sorted by key in byte order and holds each key once; Cilium keeps labels in a map by key,
 * so one key has one source.
 */

export interface Label {
  /** `k8s`, `gen`, `reserved`, `cidr`, `cidrgroup`, `fqdn`, `node`, ... */
  readonly source: string;
  readonly key: string;
  readonly value: string;
}

export function reservedLabel(key: string): Label {
  return { source: 'reserved', key, value: '' };
}

/** Sorted by key, each key once. Made by `labelArray` only. */
export type LabelArray = readonly Label[];

/** `source:key=value;` for each label in order: two pods share an identity exactly if these strings are equal. */
export type CanonicalKey = string & { readonly __brand: 'CanonicalKey' };

/** Byte order of UTF-8, which is code point order: what Go's string comparison does. */
export function compareBytes(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index += 1) {
    const left = a.charCodeAt(index);
    const right = b.charCodeAt(index);
    if (left === right) continue;
    const leftIsSurrogate = left >= 0xd800 && left <= 0xdfff;
    const rightIsSurrogate = right >= 0xd800 && right <= 0xdfff;
    // A surrogate pair stands for a code point above every lone UTF-16 unit.
    if (leftIsSurrogate !== rightIsSurrogate) return Number(leftIsSurrogate) - Number(rightIsSurrogate);
    return left - right;
  }
  return a.length - b.length;
}

/** Sorts and removes repeated keys; of two labels with one key the later one stays, as in a map. A list that is sorted stays the same. */
export function labelArray(labels: readonly Label[]): LabelArray {
  if (isSorted(labels)) return labels;
  const sorted = labels.toSorted((a, b) => compareBytes(a.key, b.key));
  return isSorted(sorted) ? sorted : sorted.filter(({ key }, index) => sorted[index + 1]?.key !== key);
}

function isSorted(labels: readonly Label[]): boolean {
  return labels.every(({ key }, index) => index === 0 || compareBytes(labels[index - 1]?.key ?? '', key) < 0);
}

/** Joined, not added up: what is kept is one text, and not the tree of its parts. */
export function canonicalKey(labels: LabelArray): CanonicalKey {
  return labels.map(({ source, key, value }) => `${source}:${key}=${value};`).join('') as CanonicalKey;
}

/** The label with this key, or undefined. O(log n). */
export function labelOf(labels: LabelArray, key: string): Label | undefined {
  let low = 0;
  let high = labels.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const order = compareBytes(labels[middle]?.key ?? '', key);
    if (order < 0) low = middle + 1;
    else if (order > 0) high = middle - 1;
    else return labels[middle];
  }
  return undefined;
}

/** `k8s:app=web`; an empty value prints without `=`, as in Cilium's own output. */
export function formatLabel(label: Label): string {
  return label.value === '' ? `${label.source}:${label.key}` : `${label.source}:${label.key}=${label.value}`;
}
