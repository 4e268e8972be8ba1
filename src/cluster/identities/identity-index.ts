/**
 * The identities of the cluster: CiliumIdentity objects, and the keys of pods that have none yet.
 *
 * Mirrors what an agent knows through its CiliumIdentity informer (pkg/k8s/identitybackend), and adds who uses what.
 * Invariant: an identity is here exactly if an object has its number or a pod has its key; a key has a provisional number
 * exactly while pods have it and no object has.
 * Cost: O(1) for a pod or endpoint of a key that is there; see identity-records.ts for an identity that comes or goes.
 */
import type { CanonicalKey, LabelArray } from '../../cilium/identity/label.ts';
import type { Pod } from '../../cilium/objects.ts';
import type { EndpointSelector } from '../../cilium/policy/selector.ts';
import type { IdentitySet } from '../../cilium/identity/identity-set.ts';
import { provisionalIdentity, type IdentityLayer, type IdentityRecord } from './identity-layer.ts';
import { getOrMake } from '../../cilium/get-or-make.ts';
import { IdentityRecords } from './identity-records.ts';
import type { IdentityObserver, KeyUse } from './key-use.ts';
import type { LabelSets } from './label-sets.ts';
import {
  isInRange,
  rangeOfBits,
  type IdentityBits,
  type IdentityRange,
  type NumericIdentity,
} from '../../cilium/identity/numeric-identity.ts';
import { podNamespaceOf } from '../../cilium/identity/pod-labels.ts';
import type { KeyStanding } from '../usage/namespaced-key.ts';
import { changeCount } from '../change-count.ts';
import { NumberSet } from '../columns/number-set.ts';
import type { LabelPool } from '../columns/label-pool.ts';
import { emptyList, RowLists } from '../columns/row-lists.ts';
import type { PodRow, PodTable } from '../objects/pod-table.ts';

type KeyedLabels = Pick<IdentityRecord, 'key' | 'labels'>;

/** What is kept of objects, and shared. */
export interface SharedObjects {
  /** Those whose rows are told here. */
  readonly pods: Pick<PodTable, 'at'>;
  readonly labels: LabelPool;
}

export class IdentityIndex implements IdentityLayer {
  readonly #cluster: IdentityBits;
  readonly #range: IdentityRange;
  readonly #observer: IdentityObserver;
  readonly #records = new IdentityRecords();
  readonly #keys = new Map<CanonicalKey, KeyUse>();
  /** Those of keys that are in use, as the observer was told last. */
  readonly #used = new NumberSet();
  #provisionals = 0;
  readonly #objects: SharedObjects;
  readonly #sets: LabelSets<KeyUse> | undefined;
  readonly #podLists = new RowLists();
  /** Endpoints by number of the identity that their status names. */
  readonly #endpoints = new Map<NumericIdentity, number>();

  /** `sets`: keys by their labels, kept up here; absent where the label filter is not known. */
  constructor(cluster: IdentityBits, observer: IdentityObserver, objects: SharedObjects, sets?: LabelSets<KeyUse>) {
    this.#objects = objects;
    this.#sets = sets;
    this.#cluster = cluster;
    this.#range = rangeOfBits(cluster);
    this.#observer = observer;
  }

  all(): Iterable<NumericIdentity> {
    return this.#records.ids();
  }

  records(): Iterable<IdentityRecord> {
    return this.#records.all();
  }

  in(namespace: string): Iterable<NumericIdentity> {
    return this.#records.in(namespace);
  }

  withKey(key: CanonicalKey): readonly NumericIdentity[] {
    const use = this.#useOf(key);
    if (use === undefined) return [];
    return use.provisional === undefined ? use.objects : [use.provisional];
  }

  record(identity: NumericIdentity): IdentityRecord | undefined {
    return this.#records.get(identity);
  }

  *podsWithKey(key: CanonicalKey): Iterable<Pod> {
    const use = this.#keys.get(key);
    if (use !== undefined) for (const row of this.#podLists.rows(use.pods)) yield this.#objects.pods.at(row);
  }

  /** Key and labels as they are kept here, for who adds a pod with them next and keeps them as long as that pod is there. */
  shared(keyed: KeyedLabels): KeyedLabels {
    return this.#use(keyed);
  }

  podCount(key: CanonicalKey): number {
    return this.#useOf(key)?.pods.size ?? 0;
  }

  endpointCount(key: CanonicalKey): number {
    let count = 0;
    for (const id of this.#useOf(key)?.objects ?? []) count += this.#endpoints.get(id) ?? 0;
    return count;
  }

  isUsed(identity: NumericIdentity): boolean {
    return this.#used.has(identity);
  }

  matching(selector: EndpointSelector): IdentitySet {
    return this.#records.matching(selector);
  }

  mostSelected(selector: EndpointSelector): number {
    return this.#records.mostSelected(selector);
  }

  matchingSteps(selector: EndpointSelector): Generator<undefined, IdentitySet> {
    return this.#records.matchingSteps(selector);
  }

  labelKeys(): Iterable<string> {
    return this.#records.labelKeys();
  }

  withLabel(key: string): Iterable<NumericIdentity> {
    return this.#records.withLabel(key);
  }

  /** Keeps the selections of this selector up to date from now on; each call wants one `release`. */
  retain(selector: EndpointSelector): void {
    this.#records.retain(selector);
  }

  release(selector: EndpointSelector): void {
    this.#records.release(selector);
  }

  /** An identity that comes again as it was (each heartbeat writes it) touches nothing. */
  addObject(id: NumericIdentity, key: CanonicalKey, labels: LabelArray): void {
    if (this.#records.get(id)?.key === key) return;
    this.removeObject(id);
    const use = this.#use({ key, labels });
    this.#dropProvisional(use);
    // One number for nearly every key: a list that is made with it has no room for more.
    use.objects = use.objects.length === 0 ? [id] : [...use.objects, id].sort((a, b) => a - b);
    this.#add({ id, key: use.key, labels: use.labels, namespace: use.namespace }, use);
    this.#tell(use);
  }

  removeObject(id: NumericIdentity): void {
    const record = this.#records.get(id);
    const use = record === undefined ? undefined : this.#keys.get(record.key);
    if (record === undefined || use?.objects.includes(id) !== true) return;
    use.objects = use.objects.filter((other) => other !== id);
    this.#remove(record);
    this.#settle(use);
  }

  /** For a pod that has no key. */
  addPod(pod: PodRow, keyed: KeyedLabels): void {
    const use = this.#use(keyed);
    this.#podLists.append(use.pods, pod);
    this.#settle(use);
  }

  /** For a pod that has this key. */
  removePod(pod: PodRow, key: CanonicalKey): void {
    const use = this.#keys.get(key);
    if (use === undefined) return;
    this.#podLists.remove(use.pods, pod);
    this.#settle(use);
  }

  addEndpoint(identity: NumericIdentity): void {
    changeCount(this.#endpoints, identity, 1);
    this.#endpointsChanged(identity);
  }

  removeEndpoint(identity: NumericIdentity): void {
    changeCount(this.#endpoints, identity, -1);
    this.#endpointsChanged(identity);
  }

  #endpointsChanged(identity: NumericIdentity): void {
    const key = this.#records.get(identity)?.key;
    const use = key === undefined ? undefined : this.#keys.get(key);
    if (use !== undefined) this.#tell(use);
  }

  #use({ key, labels }: KeyedLabels): KeyUse {
    return getOrMake(this.#keys, key, () => {
      const use: KeyUse = {
        key,
        labels: this.#objects.labels.hold(labels),
        namespace: podNamespaceOf(labels) ?? '',
        standing: 'none',
        isUsed: false,
        objects: [],
        provisional: undefined,
        pods: emptyList(),
      };
      this.#sets?.add(use);
      return use;
    });
  }

  /** Whose labels were asked for just now needs no look at the text of its key. */
  #useOf(key: CanonicalKey): KeyUse | undefined {
    const last = this.#sets?.lastFound;
    return last?.key === key ? last : this.#keys.get(key);
  }

  /** Gives a key that pods have and no object has a provisional number, takes it away otherwise, forgets unused keys. */
  #settle(use: KeyUse): void {
    const { key, labels, namespace } = use;
    const wanted = use.objects.length === 0 && use.pods.size > 0;
    if (wanted && use.provisional === undefined) {
      use.provisional = this.#freeProvisional();
      this.#add({ id: use.provisional, key, labels, namespace }, use);
    }
    if (!wanted) this.#dropProvisional(use);
    if (use.objects.length === 0 && use.pods.size === 0) this.#forget(use);
    this.#tell(use);
  }

  #forget(use: KeyUse): void {
    if (!this.#keys.delete(use.key)) return;
    this.#sets?.delete(use);
    this.#objects.labels.release(use.labels);
  }

  #tell(use: KeyUse): void {
    const { key, labels, namespace } = use;
    const isUsed = use.pods.size > 0 || this.endpointCount(key) > 0;
    if (use.isUsed !== isUsed) this.#useChanged(use, isUsed);
    const before = use.standing;
    const after = this.#standing(use);
    if (before === after) return;
    use.standing = after;
    this.#observer.keyChanged({ key, labels, namespace }, { before, after });
  }

  #useChanged(use: KeyUse, isUsed: boolean): void {
    use.isUsed = isUsed;
    const identities = this.withKey(use.key);
    for (const id of identities) {
      if (isUsed) this.#used.add(id);
      else this.#used.delete(id);
    }
    this.#observer.useChanged(identities);
  }

  /** Identities of other clusters of a mesh are nothing that a tenant of this one has. */
  #standing({ key, pods, objects }: KeyUse): KeyStanding {
    if (pods.size > 0) return 'pods';
    if (!objects.some((id) => isInRange(this.#range, id))) return 'none';
    return this.endpointCount(key) > 0 ? 'endpoints' : 'unused';
  }

  /** Numbers come round after four million; there are never that many keys at once. */
  #freeProvisional(): NumericIdentity {
    let id = provisionalIdentity(this.#provisionals++, this.#cluster);
    while (this.#records.has(id)) id = provisionalIdentity(this.#provisionals++, this.#cluster);
    return id;
  }

  #dropProvisional(use: KeyUse): void {
    const record = use.provisional === undefined ? undefined : this.#records.get(use.provisional);
    use.provisional = undefined;
    if (record !== undefined) this.#remove(record);
  }

  #add(record: IdentityRecord, { isUsed }: KeyUse): void {
    this.#records.add(record);
    if (isUsed) this.#used.add(record.id);
    this.#observer.identityAdded(record);
  }

  #remove(record: IdentityRecord): void {
    this.#records.remove(record);
    this.#used.delete(record.id);
    this.#observer.identityRemoved(record);
  }
}
