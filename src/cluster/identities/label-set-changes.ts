/**
 * Which label sets gain and lose prefixes when policies name others, or when addresses carry labels that they did not carry.
 *
 * Cost: O(prefixes that change + prefixes of CIDR groups inside them), whatever is stored besides.
 */
import { getOrMake } from '../../cilium/get-or-make.ts';
import { canonicalKey, type CanonicalKey } from '../../cilium/identity/label.ts';
import { parsePrefix, type Prefix } from '../../cilium/policy/prefixes/cidr.ts';
import type { LearnedAddress } from '../../cilium/policy/prefixes/fqdn.ts';
import type { PrefixChange, PrefixLabels, PrefixLabelSet } from '../../cilium/policy/prefixes/local-identities.ts';

const PREFIXES_PER_PAUSE = 512;

export interface LabelSetChange {
  readonly set: PrefixLabelSet;
  /** Prefixes that have this set now, less those that had it before; never 0. */
  readonly uses: number;
}

/** Makes the change in `labels`, and returns what it comes to. Yields where the caller may pause. */
export function* labelSetChanges(
  labels: PrefixLabels,
  { named, unnamed }: PrefixChange,
): Generator<undefined, ReadonlyMap<CanonicalKey, LabelSetChange>> {
  const changed = { named: yield* parsed(named), unnamed: yield* parsed(unnamed) };
  const depending = new Set([
    ...(yield* dependingOn(changed.named, labels)),
    ...(yield* dependingOn(changed.unnamed, labels)),
  ]);
  const tally = new Tally();
  yield* tally.count(depending, labels, -1);
  yield* setNamed(changed.unnamed, labels, false);
  yield* setNamed(changed.named, labels, true);
  yield* tally.count(depending, labels, 1);
  return tally.changes();
}

/** Makes the addresses carry their labels in `labels`, and returns what it comes to. Yields where the caller may pause. */
export function* carriedSetChanges(
  labels: PrefixLabels,
  addresses: ReadonlyMap<string, LearnedAddress>,
): Generator<undefined, ReadonlyMap<CanonicalKey, LabelSetChange>> {
  const tally = new Tally();
  yield* tally.count(addresses.keys(), labels, -1);
  let seen = 0;
  for (const [text, { address, labels: carried }] of addresses) {
    labels.carry(text, address, carried);
    if (++seen % PREFIXES_PER_PAUSE === 0) yield;
  }
  yield* tally.count(addresses.keys(), labels, 1);
  return tally.changes();
}

type Prefixes = ReadonlyMap<string, Prefix>;

function* parsed(texts: readonly string[]): Generator<undefined, Prefixes> {
  const prefixes = new Map<string, Prefix>();
  for (const text of texts) {
    const prefix = parsePrefix(text);
    if (prefix !== undefined) prefixes.set(text, prefix);
    if (prefixes.size % PREFIXES_PER_PAUSE === 0) yield;
  }
  return prefixes;
}

/** Their texts. */
function* dependingOn(prefixes: Prefixes, labels: PrefixLabels): Generator<undefined, ReadonlySet<string>> {
  const depending = new Set<string>();
  let seen = 0;
  for (const [text, prefix] of prefixes) {
    depending.add(text);
    if (++seen % PREFIXES_PER_PAUSE === 0) yield;
    for (const inside of labels.dependingOn(prefix)) {
      depending.add(inside);
      if (++seen % PREFIXES_PER_PAUSE === 0) yield;
    }
  }
  return depending;
}

function* setNamed(prefixes: Prefixes, labels: PrefixLabels, isNamed: boolean): Generator<undefined, void> {
  let seen = 0;
  for (const [text, prefix] of prefixes) {
    labels.setNamed(text, prefix, isNamed);
    if (++seen % PREFIXES_PER_PAUSE === 0) yield;
  }
}

class Tally {
  readonly #changes = new Map<CanonicalKey, { readonly set: PrefixLabelSet; uses: number }>();

  *count(texts: Iterable<string>, labels: PrefixLabels, by: 1 | -1): Generator<undefined, void> {
    let seen = 0;
    for (const text of texts) {
      const set = labels.labelSetOf(text);
      if (set !== undefined) getOrMake(this.#changes, canonicalKey(set.labels), () => ({ set, uses: 0 })).uses += by;
      if (++seen % PREFIXES_PER_PAUSE === 0) yield;
    }
  }

  changes(): ReadonlyMap<CanonicalKey, LabelSetChange> {
    for (const [key, { uses }] of this.#changes) if (uses === 0) this.#changes.delete(key);
    return this.#changes;
  }
}
