/**
 * Counts of identities by tenant: the sums of its groups of keys, and what follows from them.
 *
 * Invariant: a group is summed up under the tenant that it had when it was added; whoever changes it takes it out before.
 * Cost: O(log range) for each change of a group.
 */
import { getOrMake } from '../../cilium/get-or-make.ts';
import type { Tenant } from '../tenant.ts';
import { namespacePattern } from './namespace-pattern.ts';
import { NO_USE, type TenantUse } from './usage-layer.ts';
import { UseDistribution } from './use-distribution.ts';
import { changeCount } from '../change-count.ts';

export interface KeyCounts {
  readonly inUse: number;
  readonly keys: number;
  readonly unused: number;
}

export const NO_KEYS: KeyCounts = { inUse: 0, keys: 0, unused: 0 };

export interface Owned {
  readonly namespace: string;
  readonly tenant: Tenant;
  /** The namespace is gone. */
  readonly isDeleted: boolean;
}

export class TenantSums {
  readonly #uses = new Map<Tenant, TenantUse>();
  readonly #distribution: UseDistribution;
  /** Keys in deleted namespaces, by what the names have in common. */
  readonly #patterns = new Map<string, number>();

  constructor(rangeSize: number) {
    this.#distribution = new UseDistribution(rangeSize);
  }

  of(tenant: Tenant): TenantUse {
    return this.#uses.get(tenant) ?? NO_USE;
  }

  tenants(): Iterable<Tenant> {
    return this.#uses.keys();
  }

  fairShare(limit: number): number {
    return this.#distribution.fairShare(limit);
  }

  deletedLike(pattern: string): number {
    return this.#patterns.get(pattern) ?? 0;
  }

  add({ namespace, tenant, isDeleted }: Owned, { inUse, keys, unused }: KeyCounts): void {
    const deleted = isDeleted ? keys : 0;
    this.#add(tenant, { inUse, keys, unused, deleted });
    if (deleted !== 0) changeCount(this.#patterns, namespacePattern(namespace), deleted);
  }

  #add(tenant: Tenant, change: TenantUse): void {
    const before = this.of(tenant);
    const after = {
      inUse: before.inUse + change.inUse,
      keys: before.keys + change.keys,
      unused: before.unused + change.unused,
      deleted: before.deleted + change.deleted,
    };
    this.#distribution.move({ before: before.keys, after: after.keys });
    if (after.keys === 0) this.#uses.delete(tenant);
    else this.#uses.set(tenant, after);
  }
}

export function minus({ inUse, keys, unused }: KeyCounts): KeyCounts {
  return { inUse: -inUse, keys: -keys, unused: -unused };
}

export function plus(a: KeyCounts, b: KeyCounts): KeyCounts {
  return { inUse: a.inUse + b.inUse, keys: a.keys + b.keys, unused: a.unused + b.unused };
}

/** Groups by a name, each once; none without members. */
export class GroupsOf<Name, Group> {
  readonly #groups = new Map<Name, Set<Group>>();

  of(name: Name): Iterable<Group> {
    return this.#groups.get(name) ?? [];
  }

  add(name: Name, group: Group): void {
    getOrMake(this.#groups, name, () => new Set<Group>()).add(group);
  }

  remove(name: Name, group: Group): void {
    const groups = this.#groups.get(name);
    groups?.delete(group);
    if (groups?.size === 0) this.#groups.delete(name);
  }
}
