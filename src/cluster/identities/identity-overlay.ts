/**
 * What-if layers over the identities: pods that take other keys, and a cluster whose unused identities were collected.
 */
import { labelOf, type CanonicalKey, type LabelArray } from '../../cilium/identity/label.ts';
import { union, type IdentitySet } from '../../cilium/identity/identity-set.ts';
import type { Pod } from '../../cilium/objects.ts';
import { Pace } from '../../cilium/pace.ts';
import { matches, type EndpointSelector } from '../../cilium/policy/selector.ts';
import { identityRecord, provisionalIdentity, type IdentityLayer, type IdentityRecord } from './identity-layer.ts';
import type { NumericIdentity } from '../../cilium/identity/numeric-identity.ts';

/** Pods that stop or start having a key. A workload's pods do not exist yet: they are a number only. */
export interface KeyMove {
  readonly key: CanonicalKey;
  readonly labels: LabelArray;
  readonly gained: readonly Pod[];
  /** At least `gained.length`. */
  readonly gainedCount: number;
  readonly lost: readonly Pod[];
}

/** Provisional numbers of what-ifs count down from here, away from those of the live index, which count up. */
const LAST_PROVISIONAL = 2 ** 22 - 1;

const IDENTITIES_PER_PAUSE = 1024;

export class MovedIdentities implements IdentityLayer {
  readonly #base: IdentityLayer;
  readonly #moves: ReadonlyMap<CanonicalKey, KeyMove>;
  readonly #added: ReadonlyMap<NumericIdentity, IdentityRecord>;
  readonly #addedByKey: ReadonlyMap<CanonicalKey, NumericIdentity>;

  constructor(
    base: IdentityLayer,
    moves: readonly KeyMove[],
    cluster: { readonly id: number; readonly shift: number },
  ) {
    this.#base = base;
    this.#moves = new Map(moves.map((move) => [move.key, move]));
    this.#added = new Map(mint(base, moves, cluster).map((record) => [record.id, record]));
    this.#addedByKey = new Map([...this.#added.values()].map(({ key, id }) => [key, id]));
  }

  /** Identities that are here and not in the layer below. */
  get added(): Iterable<IdentityRecord> {
    return this.#added.values();
  }

  *all(): Iterable<NumericIdentity> {
    yield* this.#base.all();
    yield* this.#added.keys();
  }

  *in(namespace: string): Iterable<NumericIdentity> {
    yield* this.#base.in(namespace);
    for (const record of this.#added.values()) if (record.namespace === namespace) yield record.id;
  }

  withKey(key: CanonicalKey): readonly NumericIdentity[] {
    const added = this.#addedByKey.get(key);
    return added === undefined ? this.#base.withKey(key) : [added];
  }

  record(identity: NumericIdentity): IdentityRecord | undefined {
    return this.#added.get(identity) ?? this.#base.record(identity);
  }

  *podsWithKey(key: CanonicalKey): Iterable<Pod> {
    const move = this.#moves.get(key);
    const lost = new Set(move?.lost.map(({ name }) => name));
    for (const pod of this.#base.podsWithKey(key)) if (!lost.has(pod.name)) yield pod;
    yield* move?.gained ?? [];
  }

  podCount(key: CanonicalKey): number {
    const move = this.#moves.get(key);
    return this.#base.podCount(key) + (move?.gainedCount ?? 0) - (move?.lost.length ?? 0);
  }

  /** An endpoint goes with its pod. */
  endpointCount(key: CanonicalKey): number {
    return Math.max(0, this.#base.endpointCount(key) - (this.#moves.get(key)?.lost.length ?? 0));
  }

  isUsed(identity: NumericIdentity): boolean {
    const key = this.record(identity)?.key;
    if (key === undefined || !this.#moves.has(key)) return this.#base.isUsed(identity);
    return this.podCount(key) + this.endpointCount(key) > 0;
  }

  matching(selector: EndpointSelector): IdentitySet {
    return this.#with(this.#base.matching(selector), selector);
  }

  #with(base: IdentitySet, selector: EndpointSelector): IdentitySet {
    const added = [...this.#added.values()].filter((record) => matches(selector, record.labels)).map(({ id }) => id);
    return added.length === 0 ? base : union(base, Uint32Array.from(added).sort());
  }

  mostSelected(selector: EndpointSelector): number {
    return this.#base.mostSelected(selector) + this.#added.size;
  }

  *matchingSteps(selector: EndpointSelector): Generator<undefined, IdentitySet> {
    const base = yield* this.#base.matchingSteps(selector);
    yield;
    return this.#with(base, selector);
  }

  *labelKeys(): Iterable<string> {
    yield* this.#base.labelKeys();
    for (const { labels } of this.#added.values()) for (const { key } of labels) yield key;
  }

  *withLabel(key: string): Iterable<NumericIdentity> {
    yield* this.#base.withLabel(key);
    for (const { id, labels } of this.#added.values()) if (labelOf(labels, key) !== undefined) yield id;
  }
}

/** The cluster once every identity that neither a pod nor an endpoint has was collected. */
export class SettledIdentities implements IdentityLayer {
  readonly #base: IdentityLayer;

  constructor(base: IdentityLayer) {
    this.#base = base;
  }

  *all(): Iterable<NumericIdentity> {
    for (const id of this.#base.all()) if (this.#base.isUsed(id)) yield id;
  }

  *in(namespace: string): Iterable<NumericIdentity> {
    for (const id of this.#base.in(namespace)) if (this.#base.isUsed(id)) yield id;
  }

  withKey(key: CanonicalKey): readonly NumericIdentity[] {
    return this.#base.withKey(key).filter((id) => this.#base.isUsed(id));
  }

  record(identity: NumericIdentity): IdentityRecord | undefined {
    return this.#base.isUsed(identity) ? this.#base.record(identity) : undefined;
  }

  podsWithKey(key: CanonicalKey): Iterable<Pod> {
    return this.#base.podsWithKey(key);
  }

  podCount(key: CanonicalKey): number {
    return this.#base.podCount(key);
  }

  endpointCount(key: CanonicalKey): number {
    return this.#base.endpointCount(key);
  }

  isUsed(identity: NumericIdentity): boolean {
    return this.#base.isUsed(identity);
  }

  matching(selector: EndpointSelector): IdentitySet {
    return this.#base.matching(selector).filter((id) => this.#base.isUsed(id));
  }

  mostSelected(selector: EndpointSelector): number {
    return this.#base.mostSelected(selector);
  }

  *matchingSteps(selector: EndpointSelector): Generator<undefined, IdentitySet> {
    const base = yield* this.#base.matchingSteps(selector);
    const used = new Uint32Array(base.length);
    const pace = new Pace(IDENTITIES_PER_PAUSE);
    let size = 0;
    for (const id of base) {
      if (this.#base.isUsed(id)) used[size++] = id;
      if (pace.isPauseDue(1)) yield;
    }
    return used.slice(0, size);
  }

  labelKeys(): Iterable<string> {
    return this.#base.labelKeys();
  }

  *withLabel(key: string): Iterable<NumericIdentity> {
    for (const id of this.#base.withLabel(key)) if (this.#base.isUsed(id)) yield id;
  }
}

function mint(
  base: IdentityLayer,
  moves: readonly KeyMove[],
  cluster: { readonly id: number; readonly shift: number },
): readonly IdentityRecord[] {
  const records: IdentityRecord[] = [];
  let next = LAST_PROVISIONAL;
  for (const move of moves) {
    if (move.gainedCount === 0 || base.withKey(move.key).length > 0) continue;
    let id = provisionalIdentity(next--, cluster);
    while (base.record(id) !== undefined) id = provisionalIdentity(next--, cluster);
    records.push(identityRecord(id, move.key, move.labels));
  }
  return records;
}
