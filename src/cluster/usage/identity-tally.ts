/**
 * Who has how many identities, kept up with each event: no decision counts anything.
 *
 * Keys are counted by who has them, in groups that are summed up by tenant (key-groups.ts), and told apart by their labels for
 * each namespace (namespace-keys.ts). One that is unused for too long is held against nobody.
 * Invariant: the counts are those of the keys, namespaces and times at this revision, whatever the order of arrival.
 * Cost: a key O(log range); a namespace that comes, goes or changes hands O(values of its tenant label); a question O(1)
 * unless it says more.
 */
import type { CanonicalKey, LabelArray } from '../../cilium/identity/label.ts';
import type { IdentityRange } from '../../cilium/identity/numeric-identity.ts';
import { changeCount } from '../change-count.ts';
import type { Tenant } from '../tenant.ts';
import type { WallClock } from '../clock.ts';
import type { KeyDifferences, MayBeLeftOut, NearGroup } from './key-differences.ts';
import { KeyGroups, type KeyGroup, type Ownership } from './key-groups.ts';
import { NamespaceKeys } from './namespace-keys.ts';
import type { KeyStanding, NamespacedKey, StandingChange } from './namespaced-key.ts';
import { RangeNumbers } from './range-numbers.ts';
import { minus, NO_KEYS, plus, TenantSums, type KeyCounts } from './tenant-sums.ts';
import { collectedByMs, type UnusedSince } from './unused-since.ts';
import type { Collection, TenantUse, UsageLayer } from './usage-layer.ts';

export interface TallyGround extends Ownership {
  readonly range: IdentityRange;
  /** How long an unused identity may be there. */
  readonly collectionWindowMs: number;
  readonly unusedSince: UnusedSince;
  readonly clock?: WallClock | undefined;
}

export class IdentityTally implements UsageLayer {
  readonly numbers: RangeNumbers;
  readonly collectionWindowMs: number;
  readonly #unusedSince: UnusedSince;
  readonly #sums: TenantSums;
  readonly #groups: KeyGroups;
  readonly #unused = new Map<CanonicalKey, KeyGroup>();
  /** Without those that are overdue. */
  readonly #keys = new NamespaceKeys();

  constructor(ground: TallyGround) {
    this.numbers = new RangeNumbers(ground.range, ground.clock);
    this.collectionWindowMs = ground.collectionWindowMs;
    this.#unusedSince = ground.unusedSince;
    this.#sums = new TenantSums(ground.range.size);
    this.#groups = new KeyGroups(ground, this.#sums);
  }

  get numbersInUse(): number {
    return this.numbers.inUse;
  }

  get rangeSize(): number {
    return this.numbers.size;
  }

  get mintedLately(): number | undefined {
    return this.numbers.mintedLately;
  }

  of(tenant: Tenant): TenantUse {
    return this.#sums.of(tenant);
  }

  ofNamespace(namespace: string): KeyCounts {
    return [...this.#groups.ofNamespace(namespace)].map(({ counts }) => counts).reduce(plus, NO_KEYS);
  }

  tenants(): Iterable<Tenant> {
    return this.#sums.tenants();
  }

  namespacesOf(tenant: Tenant): Iterable<string> {
    return new Set([...this.#groups.ofTenant(tenant)].map(({ namespace }) => namespace));
  }

  fairShare(limit: number): number {
    return this.#sums.fairShare(limit);
  }

  deletedLike(pattern: string): number {
    return this.#sums.deletedLike(pattern);
  }

  collections(tenant: Tenant): readonly Collection[] {
    const byMinute = new Map<number, number>();
    for (const { minutes } of this.#groups.ofTenant(tenant)) {
      for (const [minute, keys] of minutes) changeCount(byMinute, minute, keys);
    }
    return [...byMinute]
      .sort(([a], [b]) => a - b)
      .map(([minute, identities]) => ({ atMs: collectedByMs(minute, this.collectionWindowMs), identities }));
  }

  overdue(): { readonly identities: number; readonly oldestMinutes: number } {
    return this.#unusedSince.overdue();
  }

  keysInUse(namespace: string): ReadonlyMap<CanonicalKey, LabelArray> {
    return this.#keys.inUse(namespace);
  }

  keysHeld(namespace: string): Iterable<CanonicalKey> {
    return this.#keys.held(namespace);
  }

  nearUnusedSteps(namespace: string, labels: LabelArray): Generator<undefined, readonly NearGroup[]> {
    return this.#keys.nearUnusedSteps(namespace, labels);
  }

  differencesSteps(
    namespace: string,
    labels: LabelArray,
    mayBeLeftOut: MayBeLeftOut,
  ): Generator<undefined, KeyDifferences> {
    return this.#keys.differencesSteps(namespace, labels, mayBeLeftOut);
  }

  keyChanged(key: NamespacedKey, change: StandingChange): void {
    if (key.namespace === '') return;
    const { before, after } = change;
    const group = this.#groups.groupOf(key);
    const left = this.#left(key, group, before);
    this.#groups.count(group, plus(left, this.#entered(key, group, after)));
    this.#groups.membersChanged(group, Number(after !== 'none') - Number(before !== 'none'));
    this.#keys.standingChanged(key, change);
  }

  /** It came, went or has other labels. */
  namespaceChanged(name: string): void {
    this.#groups.namespaceChanged(name);
  }

  /** Time passes: what should have been collected by now is held against nobody. */
  catchUp(): void {
    for (const { key, minute } of this.#unusedSince.takeOverdue(this.collectionWindowMs)) {
      const group = this.#unused.get(key);
      if (group === undefined) continue;
      changeCount(group.minutes, minute, -1);
      this.#groups.count(group, minus(COUNTS.unused));
      this.#keys.removeUnused({ key, namespace: group.namespace });
    }
  }

  #left(counted: NamespacedKey, group: KeyGroup, standing: KeyStanding): KeyCounts {
    if (standing !== 'unused') return minus(COUNTS[standing]);
    const { key } = counted;
    const counts = this.#unusedSince.isOverdue(key) ? NO_KEYS : minus(COUNTS.unused);
    this.#countMinute(group, key, -1);
    this.#unusedSince.end(key);
    this.#unused.delete(key);
    this.#keys.removeUnused(counted);
    return counts;
  }

  #entered(counted: NamespacedKey, group: KeyGroup, standing: KeyStanding): KeyCounts {
    const { key } = counted;
    if (standing !== 'unused') {
      // It may be left from former settings, under which nobody used it.
      this.#unusedSince.end(key);
      return COUNTS[standing];
    }
    this.#unusedSince.start(key);
    this.#countMinute(group, key, 1);
    this.#unused.set(key, group);
    if (this.#unusedSince.isOverdue(key)) return NO_KEYS;
    this.#keys.addUnused(counted);
    return COUNTS.unused;
  }

  #countMinute({ minutes }: KeyGroup, key: CanonicalKey, by: 1 | -1): void {
    const minute = this.#unusedSince.minuteOf(key);
    if (minute !== undefined) changeCount(minutes, minute, by);
  }
}

const COUNTS: Readonly<Record<KeyStanding, KeyCounts>> = {
  none: NO_KEYS,
  pods: { inUse: 1, keys: 1, unused: 0 },
  endpoints: { inUse: 0, keys: 1, unused: 0 },
  unused: { inUse: 0, keys: 1, unused: 1 },
};
