/**
 * A layer over the node-local identities: what if policies name prefixes that none named before, or no longer name others; and
 * what an agent knows besides that has the DNS names of a policy to look after.
 *
 * Invariant: the same label sets as those of a cluster built with these prefixes and names; only numbers differ.
 * Cost: what the change names, and what its prefixes of CIDR groups depend on. Nothing is copied of what is stored; a selector
 * asks the layer below, and its answer is made anew only where it changes.
 */
import { difference, holds, identitySet, union, type IdentitySet } from '../../cilium/identity/identity-set.ts';
import { canonicalKey, type CanonicalKey, type LabelArray } from '../../cilium/identity/label.ts';
import type { NumericIdentity } from '../../cilium/identity/numeric-identity.ts';
import type { LearnedAddress } from '../../cilium/policy/prefixes/fqdn.ts';
import type { PrefixChange, PrefixLabels } from '../../cilium/policy/prefixes/local-identities.ts';
import { fixedNumberOf, isOfHost, joinedLabels } from '../../cilium/policy/prefixes/in-cluster.ts';
import { HOST_IDENTITY } from '../../cilium/policy/resolve.ts';
import type { EndpointSelector } from '../../cilium/policy/selector.ts';
import type { Settings } from '../settings.ts';
import { carriedSetChanges, labelSetChanges, type LabelSetChange } from './label-set-changes.ts';
import { hasFixedNumber, scopeBaseOf, type AddedNodes, type NodeLayer } from './node-layer.ts';
import { NodeSelections } from './node-selections.ts';

const SETS_PER_PAUSE = 512;
/** Numbers of what-ifs count down from the end of a scope, away from those of the live identities, which count up. */
const SCOPE = 2 ** 24;

/** Yields where the caller may pause. */
export function* nodeOverlay(below: NodeLayer, change: PrefixChange): Generator<undefined, NodeLayer> {
  const prefixes = below.prefixes.overlaid();
  return yield* overlaid(below, prefixes, yield* labelSetChanges(prefixes, change));
}

/** With one identity for each label set of `idle` at least, and with addresses that carry labels. Yields as above. */
export function* nameOverlay(
  below: NodeLayer,
  idle: Iterable<LabelArray>,
  learned: ReadonlyMap<string, LearnedAddress>,
): Generator<undefined, NodeLayer> {
  const prefixes = below.prefixes.overlaid();
  const changes = new Map(yield* carriedSetChanges(prefixes, learned));
  let seen = 0;
  for (const labels of idle) {
    const key = canonicalKey(labels);
    const { uses } = changes.get(key) ?? { uses: 0 };
    changes.set(key, { set: { labels, cidr: undefined }, uses: uses + 1 });
    if (++seen % SETS_PER_PAUSE === 0) yield;
  }
  return yield* overlaid(below, prefixes, changes);
}

type LabelSetChanges = ReadonlyMap<CanonicalKey, LabelSetChange>;

function* overlaid(
  below: NodeLayer,
  prefixes: PrefixLabels,
  changes: LabelSetChanges,
): Generator<undefined, NodeLayer> {
  const parts = { prefixes, changes, table: new NodeSelections(), numbers: new Map<CanonicalKey, NumericIdentity>() };
  const gone: NumericIdentity[] = [];
  const numbers = new FreeNumbers(below);
  let seen = 0;
  for (const [key, { set, uses }] of changes) {
    if (++seen % SETS_PER_PAUSE === 0) yield;
    const before = below.numberOf(key);
    if (before !== undefined && !hasFixedNumber(before) && below.usesOf(key) + uses <= 0) gone.push(before);
    if (before !== undefined || uses <= 0) continue;
    if (isOfHost(set.labels)) {
      gone.push(HOST_IDENTITY);
      const known = parts.table.labelsOf(HOST_IDENTITY) ?? below.labelsOf(HOST_IDENTITY);
      parts.table.addWhole(HOST_IDENTITY, joinedLabels([known ?? [], set.labels]));
    }
    const fixed = fixedNumberOf(set.labels, below.settings);
    const id = fixed ?? numbers.next(scopeBaseOf(set.labels));
    parts.numbers.set(key, id);
    if (fixed === undefined) parts.table.add(id, set.labels, set.cidr);
  }
  return new NodeOverlay(below, { ...parts, gone: identitySet(gone) });
}

/** Counting down from the end of each scope. */
class FreeNumbers {
  readonly #below: NodeLayer;
  readonly #last = new Map<number, NumericIdentity>();

  constructor(below: NodeLayer) {
    this.#below = below;
  }

  next(base: number): NumericIdentity {
    let id = (this.#last.get(base) ?? base + SCOPE) - 1;
    while (this.#below.labelsOf(id) !== undefined) id -= 1;
    this.#last.set(base, id);
    return id;
  }
}

interface OverlayParts {
  readonly prefixes: PrefixLabels;
  readonly changes: LabelSetChanges;
  /** What is new. */
  readonly table: NodeSelections;
  readonly numbers: ReadonlyMap<CanonicalKey, NumericIdentity>;
  /** Known below, and no longer here, or with other labels. */
  readonly gone: IdentitySet;
}

class NodeOverlay implements NodeLayer {
  readonly prefixes: PrefixLabels;
  readonly #below: NodeLayer;
  readonly #parts: OverlayParts;

  constructor(below: NodeLayer, parts: OverlayParts) {
    this.#below = below;
    this.#parts = parts;
    this.prefixes = parts.prefixes;
  }

  get settings(): Settings {
    return this.#below.settings;
  }

  get added(): AddedNodes {
    const { table, gone } = this.#parts;
    return {
      ids: table.ids(),
      size: table.size,
      isAll: gone.length === 0,
      matching: (selector) => table.of(selector),
    };
  }

  labelsOf(identity: NumericIdentity): LabelArray | undefined {
    const own = this.#parts.table.labelsOf(identity);
    return own ?? (holds(this.#parts.gone, identity) ? undefined : this.#below.labelsOf(identity));
  }

  all(): Iterable<NumericIdentity> {
    return union(difference(identitySet(this.#below.all()), this.#parts.gone), identitySet(this.#parts.table.ids()));
  }

  numberOf(key: CanonicalKey): NumericIdentity | undefined {
    return this.usesOf(key) > 0 ? (this.#parts.numbers.get(key) ?? this.#below.numberOf(key)) : undefined;
  }

  usesOf(key: CanonicalKey): number {
    return this.#below.usesOf(key) + (this.#parts.changes.get(key)?.uses ?? 0);
  }

  matching(selector: EndpointSelector): IdentitySet {
    const { gone, table } = this.#parts;
    const below = this.#below.matching(selector);
    const left = gone.some((id) => holds(below, id)) ? difference(below, gone) : below;
    return union(left, table.of(selector));
  }
}
