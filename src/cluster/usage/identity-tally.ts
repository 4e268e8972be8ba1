/**
 * Who has how many identities, kept up with each event: no decision counts anything.
 *
 * Keys are counted by namespace, and the counts summed up by tenant, so that a namespace that changes hands moves its counts.
 * A namespace that is gone belongs to whom the labels of its identities name: each value of the tenant label is counted apart.
 * Invariant: the counts are those of the keys, namespaces and times at this revision, whatever the order of arrival.
 * Cost: a key O(log range); a namespace that comes, goes or changes hands O(values of its tenant label); a question O(1)
 * unless it says more.
 */
import { getOrMake } from '../../cilium/get-or-make.ts';
import { labelOf, type CanonicalKey, type LabelArray } from '../../cilium/identity/label.ts';
import { isInRange, type IdentityRange, type NumericIdentity } from '../../cilium/identity/numeric-identity.ts';
import { NAMESPACE_LABEL_PREFIX } from '../../cilium/identity/pod-labels.ts';
import type { Namespace } from '../../cilium/objects.ts';
import { isProvisional } from '../identities/identity-layer.ts';
import { tenantOfNamespace, type Tenant } from '../tenant.ts';
import { GroupsOf, minus, NO_KEYS, plus, TenantSums, type KeyCounts, type Owned } from './tenant-sums.ts';
import type { KeyDifferences, MayBeLeftOut, NearGroup } from './key-differences.ts';
import { MintTimes } from './mint-times.ts';
import { NamespaceKeys } from './namespace-keys.ts';
import { collectedByMs, type UnusedSince, type WallClock } from './unused-since.ts';
import type { Collection, TenantUse, UsageLayer } from './usage-layer.ts';

/** `none`: no object of this cluster and no pod has the key. */
export type KeyStanding = 'none' | 'pods' | 'endpoints' | 'unused';

export interface CountedKey {
  readonly key: CanonicalKey;
  readonly labels: LabelArray;
  /** Empty where the identity has none: then it is nobody's. */
  readonly namespace: string;
}

export interface TallyGround {
  readonly range: IdentityRange;
  readonly tenantLabel: string | undefined;
  /** How long an unused identity may be there. */
  readonly collectionWindowMs: number;
  readonly namespace: (name: string) => Namespace | undefined;
  readonly unusedSince: UnusedSince;
  readonly clock?: WallClock | undefined;
}

/** Keys of one namespace whose own labels name the same tenant. */
interface Group {
  readonly namespace: string;
  /** Of the tenant label in the identities; empty: they have none. */
  readonly named: string;
  owned: Owned;
  /** Overdue ones included, which are not in the counts. */
  members: number;
  counts: KeyCounts;
  /** Unused keys by the minute since when they are, where that is known. */
  readonly minutes: Map<number, number>;
}

export class IdentityTally implements UsageLayer {
  readonly #ground: TallyGround;
  readonly #sums: TenantSums;
  readonly #groups = new Map<string, Map<string, Group>>();
  readonly #byTenant = new GroupsOf<Tenant, Group>();
  readonly #unused = new Map<CanonicalKey, Group>();
  /** Without those that are overdue. */
  readonly #keys = new NamespaceKeys();
  readonly #mintTimes: MintTimes;
  #numbersInUse = 0;

  constructor(ground: TallyGround) {
    this.#ground = ground;
    this.#mintTimes = new MintTimes(ground.clock);
    this.#sums = new TenantSums(ground.range.size);
  }

  get numbersInUse(): number {
    return this.#numbersInUse;
  }

  get rangeSize(): number {
    return this.#ground.range.size;
  }

  get collectionWindowMs(): number {
    return this.#ground.collectionWindowMs;
  }

  of(tenant: Tenant): TenantUse {
    return this.#sums.of(tenant);
  }

  ofNamespace(namespace: string): KeyCounts {
    return [...(this.#groups.get(namespace)?.values() ?? [])].map(({ counts }) => counts).reduce(plus, NO_KEYS);
  }

  tenants(): Iterable<Tenant> {
    return this.#sums.tenants();
  }

  namespacesOf(tenant: Tenant): Iterable<string> {
    return new Set([...this.#byTenant.of(tenant)].map(({ namespace }) => namespace));
  }

  fairShare(limit: number): number {
    return this.#sums.fairShare(limit);
  }

  deletedLike(pattern: string): number {
    return this.#sums.deletedLike(pattern);
  }

  collections(tenant: Tenant): readonly Collection[] {
    const byMinute = new Map<number, number>();
    for (const { minutes } of this.#byTenant.of(tenant)) {
      for (const [minute, keys] of minutes) byMinute.set(minute, (byMinute.get(minute) ?? 0) + keys);
    }
    return [...byMinute]
      .sort(([a], [b]) => a - b)
      .map(([minute, identities]) => ({ atMs: collectedByMs(minute, this.collectionWindowMs), identities }));
  }

  overdue(): { readonly identities: number; readonly oldestMinutes: number } {
    return this.#ground.unusedSince.overdue();
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

  get mintedLately(): number | undefined {
    return this.#mintTimes.lately();
  }

  /** An object came or changed. */
  objectSeen(identity: NumericIdentity, created: number | undefined): void {
    if (this.#isOurs(identity)) this.#mintTimes.set(identity, created);
  }

  objectGone(identity: NumericIdentity): void {
    this.#mintTimes.delete(identity);
  }

  numberTaken(identity: NumericIdentity): void {
    if (this.#isOurs(identity)) this.#numbersInUse += 1;
  }

  numberFreed(identity: NumericIdentity): void {
    if (this.#isOurs(identity)) this.#numbersInUse -= 1;
  }

  /** A key without a number of its own will get one of the range. */
  #isOurs(identity: NumericIdentity): boolean {
    return isProvisional(identity) || isInRange(this.#ground.range, identity);
  }

  keyChanged(
    counted: CountedKey,
    { before, after }: { readonly before: KeyStanding; readonly after: KeyStanding },
  ): void {
    if (counted.namespace === '') return;
    const group = this.#groupOf(counted);
    const left = this.#left(counted.key, group, before);
    this.#count(group, plus(left, this.#entered(counted, group, after)));
    group.members += Number(after !== 'none') - Number(before !== 'none');
    if (group.members === 0) this.#forget(group);
    this.#keys.standingChanged(counted, { before, after });
  }

  /** It came, went or has other labels. */
  namespaceChanged(name: string): void {
    for (const group of this.#groups.get(name)?.values() ?? []) {
      this.#sums.add(group.owned, minus(group.counts));
      this.#byTenant.remove(group.owned.tenant, group);
      group.owned = this.#ownerOf(name, group.named);
      this.#byTenant.add(group.owned.tenant, group);
      this.#sums.add(group.owned, group.counts);
    }
  }

  /** Time passes: what should have been collected by now is held against nobody. */
  catchUp(): void {
    for (const { key, minute } of this.#ground.unusedSince.takeOverdue(this.collectionWindowMs)) {
      const group = this.#unused.get(key);
      if (group === undefined) continue;
      count(group.minutes, minute, -1);
      this.#count(group, minus(COUNTS.unused));
      this.#keys.removeUnused({ key, namespace: group.namespace });
    }
  }

  #left(key: CanonicalKey, group: Group, standing: KeyStanding): KeyCounts {
    if (standing !== 'unused') return minus(COUNTS[standing]);
    const { unusedSince } = this.#ground;
    const counts = unusedSince.isOverdue(key) ? NO_KEYS : minus(COUNTS.unused);
    count(group.minutes, unusedSince.minuteOf(key), -1);
    unusedSince.end(key);
    this.#unused.delete(key);
    this.#keys.removeUnused({ key, namespace: group.namespace });
    return counts;
  }

  #entered(counted: CountedKey, group: Group, standing: KeyStanding): KeyCounts {
    const { key } = counted;
    const { unusedSince } = this.#ground;
    if (standing !== 'unused') {
      // It may be left from former settings, under which nobody used it.
      unusedSince.end(key);
      return COUNTS[standing];
    }
    unusedSince.start(key);
    count(group.minutes, unusedSince.minuteOf(key), 1);
    this.#unused.set(key, group);
    if (unusedSince.isOverdue(key)) return NO_KEYS;
    this.#keys.addUnused(counted);
    return COUNTS.unused;
  }

  #count(group: Group, change: KeyCounts): void {
    group.counts = plus(group.counts, change);
    this.#sums.add(group.owned, change);
  }

  #groupOf({ namespace, labels }: CountedKey): Group {
    const named = this.#namedBy(labels);
    const groups = getOrMake(this.#groups, namespace, () => new Map<string, Group>());
    return getOrMake(groups, named, () => {
      const owned = this.#ownerOf(namespace, named);
      const group = { namespace, named, owned, members: 0, counts: NO_KEYS, minutes: new Map<number, number>() };
      this.#byTenant.add(owned.tenant, group);
      return group;
    });
  }

  #forget(group: Group): void {
    const groups = this.#groups.get(group.namespace);
    groups?.delete(group.named);
    if (groups?.size === 0) this.#groups.delete(group.namespace);
    this.#byTenant.remove(group.owned.tenant, group);
  }

  #namedBy(labels: LabelArray): string {
    const { tenantLabel } = this.#ground;
    return tenantLabel === undefined ? '' : (labelOf(labels, `${NAMESPACE_LABEL_PREFIX}${tenantLabel}`)?.value ?? '');
  }

  #ownerOf(namespace: string, named: string): Owned {
    const { tenantLabel } = this.#ground;
    const stored = this.#ground.namespace(namespace);
    const labels = stored?.labels ?? new Map(tenantLabel === undefined ? [] : [[tenantLabel, named]]);
    return {
      namespace,
      tenant: tenantOfNamespace(namespace, { labels }, tenantLabel),
      isDeleted: stored === undefined,
    };
  }
}

const COUNTS: Readonly<Record<KeyStanding, KeyCounts>> = {
  none: NO_KEYS,
  pods: { inUse: 1, keys: 1, unused: 0 },
  endpoints: { inUse: 0, keys: 1, unused: 0 },
  unused: { inUse: 0, keys: 1, unused: 1 },
};

function count(minutes: Map<number, number>, minute: number | undefined, by: 1 | -1): void {
  if (minute === undefined) return;
  const keys = (minutes.get(minute) ?? 0) + by;
  if (keys === 0) minutes.delete(minute);
  else minutes.set(minute, keys);
}
