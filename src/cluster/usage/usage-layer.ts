/**
 * What a view tells about how much of the range of identities is used, and by whom.
 *
 * Numbers of the range are CiliumIdentity objects, duplicates included, and keys of pods that have none yet. Tenants are counted
 * by distinct keys. It is the cluster as it is: a what-if adds what it mints itself.
 */
import type { CanonicalKey, LabelArray } from '../../cilium/identity/label.ts';
import type { Tenant } from '../tenant.ts';
import type { KeyDifferences, MayBeLeftOut, NearGroup } from './key-differences.ts';

export interface TenantUse {
  /** Distinct keys that its pods have. */
  readonly inUse: number;
  /** All its keys, unused ones included; without those that are overdue, which are the platform's problem. */
  readonly keys: number;
  /** Of `keys`: no pod and no endpoint has them. */
  readonly unused: number;
  /** Of `keys`: their namespace is gone. */
  readonly deleted: number;
}

export const NO_USE: TenantUse = { inUse: 0, keys: 0, unused: 0, deleted: 0 };

/** So many unused identities are collected at this time, as far as it is known since when they are unused. */
export interface Collection {
  /** Milliseconds since 1970. */
  readonly atMs: number;
  readonly identities: number;
}

/** What `lately` means of identities that were made. */
export const LATELY_MINUTES = 10;

export interface UsageLayer {
  /** Numbers of the range that are taken. */
  readonly numbersInUse: number;
  readonly rangeSize: number;
  of(tenant: Tenant): TenantUse;
  ofNamespace(namespace: string): Pick<TenantUse, 'inUse' | 'keys' | 'unused'>;
  /** The keys that pods of a namespace have, with their labels. */
  keysInUse(namespace: string): ReadonlyMap<CanonicalKey, LabelArray>;
  /** Those and the ones that only endpoints have. */
  keysHeld(namespace: string): Iterable<CanonicalKey>;
  /**
   * The unused keys of a namespace in groups, the nearest first by how many labels they differ in at least. Yields where the
   * caller may pause.
   */
  nearUnusedSteps(namespace: string, labels: LabelArray): Generator<undefined, readonly NearGroup[]>;
  /**
   * In which labels an identity of a namespace and the unused keys there differ. Cost: O(groups of keys that are alike), once
   * what events brought is taken in. Yields where the caller may pause.
   */
  differencesSteps(
    namespace: string,
    labels: LabelArray,
    mayBeLeftOut: MayBeLeftOut,
  ): Generator<undefined, KeyDifferences>;
  /** Those that have a key. */
  tenants(): Iterable<Tenant>;
  /** The namespaces in which a tenant has keys, deleted ones included. */
  namespacesOf(tenant: Tenant): Iterable<string>;
  /** The most identities that each tenant may have for all of them to stay within a limit together; Infinity: they do. */
  fairShare(limit: number): number;
  /** Keys in deleted namespaces whose names have this in common. */
  deletedLike(pattern: string): number;
  /** In ascending order of time. Cost: O(minutes x namespaces of the tenant): for who is denied. */
  collections(tenant: Tenant): readonly Collection[];
  /** How long an unused identity may be there. */
  readonly collectionWindowMs: number;
  /** CiliumIdentity objects of the range that were made within the last LATELY_MINUTES; undefined where no clock tells. */
  readonly mintedLately: number | undefined;
  /** Unused for longer than that. */
  overdue(): { readonly identities: number; readonly oldestMinutes: number };
}
