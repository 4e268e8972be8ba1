/**
 * Which label sets gain and lose prefixes when policies name others.
 *
 * Cost: O(prefixes that change + prefixes of CIDR groups inside them), whatever is stored besides.
 */
import { getOrMake } from '../../cilium/get-or-make.ts';
import { canonicalKey, type CanonicalKey } from '../../cilium/identity/label.ts';
import { formatPrefix, parsePrefix, type Prefix } from '../../cilium/policy/cidr.ts';
import type { PrefixChange, PrefixLabels, PrefixLabelSet } from '../../cilium/policy/local-identities.ts';

const PREFIXES_PER_PAUSE = 512;

export interface LabelSetChange {
  readonly set: PrefixLabelSet;
  /** Prefixes that have this set now, less those that had it before; never 0. */
  readonly uses: number;
}

/** Makes the change in `labels`, and returns what it comes to. Yields where the caller may pause. */
export function* labelSetChanges(
  labels: PrefixLabels,
  change: PrefixChange,
): Generator<undefined, ReadonlyMap<CanonicalKey, LabelSetChange>> {
  const depending = yield* dependingOn(labels, change);
  const tally = new Tally();
  yield* tally.count(depending, labels, -1);
  let seen = 0;
  for (const [texts, isNamed] of [[change.unnamed, false] as const, [change.named, true] as const]) {
    for (const text of texts) {
      labels.setNamed(text, isNamed);
      if (++seen % PREFIXES_PER_PAUSE === 0) yield;
    }
  }
  yield* tally.count(depending, labels, 1);
  return tally.changes();
}

/** Each once. */
function* dependingOn(
  labels: PrefixLabels,
  { named, unnamed }: PrefixChange,
): Generator<undefined, ReadonlyMap<string, Prefix>> {
  const depending = new Map<string, Prefix>();
  let seen = 0;
  for (const texts of [named, unnamed]) {
    for (const text of texts) {
      const prefix = parsePrefix(text);
      for (const other of prefix === undefined ? [] : labels.dependingOn(prefix)) {
        depending.set(formatPrefix(other), other);
        if (++seen % PREFIXES_PER_PAUSE === 0) yield;
      }
    }
  }
  return depending;
}

class Tally {
  readonly #changes = new Map<CanonicalKey, { readonly set: PrefixLabelSet; uses: number }>();

  *count(prefixes: ReadonlyMap<string, Prefix>, labels: PrefixLabels, by: 1 | -1): Generator<undefined, void> {
    let seen = 0;
    for (const prefix of prefixes.values()) {
      const set = labels.labelSetOf(prefix);
      if (set !== undefined) getOrMake(this.#changes, canonicalKey(set.labels), () => ({ set, uses: 0 })).uses += by;
      if (++seen % PREFIXES_PER_PAUSE === 0) yield;
    }
  }

  changes(): ReadonlyMap<CanonicalKey, LabelSetChange> {
    for (const [key, { uses }] of this.#changes) if (uses === 0) this.#changes.delete(key);
    return this.#changes;
  }
}
