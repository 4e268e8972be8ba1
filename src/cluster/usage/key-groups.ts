/**
 * Keys in groups: those of one namespace whose own labels name the same tenant. So a namespace that changes hands moves its counts.
 *
 * A namespace that is gone belongs to whom the labels of its identities name: each value of the tenant label is a group.
 * Invariant: a group is summed up under the tenant that it has now, and one without members is gone.
 * Cost: a count O(log range); a namespace that comes, goes or changes hands O(values of its tenant label).
 */
import { getOrMake } from '../../cilium/get-or-make.ts';
import { labelOf, type LabelArray } from '../../cilium/identity/label.ts';
import { NAMESPACE_LABEL_PREFIX } from '../../cilium/identity/pod-labels.ts';
import type { Namespace } from '../../cilium/objects.ts';
import { tenantOfNamespace, type Tenant } from '../tenant.ts';
import type { NamespacedKey } from './namespaced-key.ts';
import { GroupsOf, minus, NO_KEYS, plus, type KeyCounts, type Owned, type TenantSums } from './tenant-sums.ts';

/** Changed by KeyGroups alone, but for the minutes. */
export interface KeyGroup {
  readonly namespace: string;
  /** Of the tenant label in the identities; empty: they have none. */
  readonly named: string;
  owned: Owned;
  /** Keys, those among them that the counts leave out. */
  members: number;
  counts: KeyCounts;
  /** Unused keys by the minute since when they are, where that is known. */
  readonly minutes: Map<number, number>;
}

export interface Ownership {
  readonly tenantLabel: string | undefined;
  readonly namespace: (name: string) => Namespace | undefined;
}

export class KeyGroups {
  readonly #ownership: Ownership;
  readonly #sums: TenantSums;
  readonly #groups = new Map<string, Map<string, KeyGroup>>();
  readonly #byTenant = new GroupsOf<Tenant, KeyGroup>();

  constructor(ownership: Ownership, sums: TenantSums) {
    this.#ownership = ownership;
    this.#sums = sums;
  }

  ofNamespace(name: string): Iterable<KeyGroup> {
    return this.#groups.get(name)?.values() ?? [];
  }

  ofTenant(tenant: Tenant): Iterable<KeyGroup> {
    return this.#byTenant.of(tenant);
  }

  groupOf({ namespace, labels }: NamespacedKey): KeyGroup {
    const named = this.#namedBy(labels);
    const groups = getOrMake(this.#groups, namespace, () => new Map<string, KeyGroup>());
    return getOrMake(groups, named, () => {
      const owned = this.#ownerOf(namespace, named);
      const group = { namespace, named, owned, members: 0, counts: NO_KEYS, minutes: new Map<number, number>() };
      this.#byTenant.add(owned.tenant, group);
      return group;
    });
  }

  count(group: KeyGroup, change: KeyCounts): void {
    group.counts = plus(group.counts, change);
    this.#sums.add(group.owned, change);
  }

  membersChanged(group: KeyGroup, by: number): void {
    group.members += by;
    if (group.members === 0) this.#forget(group);
  }

  /** It came, went or has other labels. */
  namespaceChanged(name: string): void {
    for (const group of this.ofNamespace(name)) {
      this.#sums.add(group.owned, minus(group.counts));
      this.#byTenant.remove(group.owned.tenant, group);
      group.owned = this.#ownerOf(name, group.named);
      this.#byTenant.add(group.owned.tenant, group);
      this.#sums.add(group.owned, group.counts);
    }
  }

  #forget(group: KeyGroup): void {
    const groups = this.#groups.get(group.namespace);
    groups?.delete(group.named);
    if (groups?.size === 0) this.#groups.delete(group.namespace);
    this.#byTenant.remove(group.owned.tenant, group);
  }

  #namedBy(labels: LabelArray): string {
    const { tenantLabel } = this.#ownership;
    return tenantLabel === undefined ? '' : (labelOf(labels, `${NAMESPACE_LABEL_PREFIX}${tenantLabel}`)?.value ?? '');
  }

  #ownerOf(namespace: string, named: string): Owned {
    const { tenantLabel } = this.#ownership;
    const stored = this.#ownership.namespace(namespace);
    const labels = stored?.labels ?? new Map(tenantLabel === undefined ? [] : [[tenantLabel, named]]);
    return {
      namespace,
      tenant: tenantOfNamespace(namespace, { labels }, tenantLabel),
      isDeleted: stored === undefined,
    };
  }
}
