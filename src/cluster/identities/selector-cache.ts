/**
 * Selector -> the identities of the cluster that it selects, kept up incrementally.
 *
 * Mirrors Cilium's SelectorCache (pkg/policy/selectorcache.go): selectors are shared and counted, and an identity that comes
 * or goes changes the selections of those that match it.
 * Invariant: the selections of a retained selector are every identity whose labels it matches, now. A selector that is not
 * retained is answered afresh, so that nobody can fill this cache with questions; so is one that selects more than there is
 * room for: thousands of selectors may select nearly everything each.
 * Cost: an identity O(labels + retained selectors that share a label with it); a selector's first answer O(smallest label
 * set).
 */
import { matches, type EndpointSelector, type SelectorKey } from '../../cilium/policy/selector.ts';
import { identitySet, type IdentitySet } from '../../cilium/identity/identity-set.ts';
import { Pace } from '../../cilium/pace.ts';
import type { IdentityRecord } from './identity-layer.ts';
import type { LabelIndex } from './label-index.ts';
import { KeptSet } from './kept-set.ts';
import { SelectorAnchors } from './selector-anchors.ts';
import type { NumericIdentity } from '../../cilium/identity/numeric-identity.ts';

interface CachedSelector {
  readonly selector: EndpointSelector;
  users: number;
  /** Undefined until the first question. */
  members: KeptSet | undefined;
}

/** Members of all selectors together: some sixteen megabytes. */
const ROOM = 2 ** 22;

const IDENTITIES_PER_PAUSE = 1024;

export class SelectorCache {
  readonly #records: ReadonlyMap<NumericIdentity, IdentityRecord>;
  readonly #labels: LabelIndex;
  readonly #cached = new Map<SelectorKey, CachedSelector>();
  readonly #anchors = new SelectorAnchors<CachedSelector>();
  #room: number;

  constructor(records: ReadonlyMap<NumericIdentity, IdentityRecord>, labels: LabelIndex, room = ROOM) {
    this.#records = records;
    this.#labels = labels;
    this.#room = room;
  }

  retain(selector: EndpointSelector): void {
    const cached = this.#cached.get(selector.key);
    if (cached === undefined) this.#add({ selector, users: 1, members: undefined });
    else cached.users += 1;
  }

  release(selector: EndpointSelector): void {
    const cached = this.#cached.get(selector.key);
    if (cached === undefined) return;
    cached.users -= 1;
    if (cached.users > 0) return;
    this.#cached.delete(selector.key);
    this.#anchors.delete(cached);
    this.#room += cached.members?.size ?? 0;
  }

  selections(selector: EndpointSelector): IdentitySet {
    const cached = this.#cached.get(selector.key);
    if (cached?.members !== undefined) return cached.members.members();
    const members = this.#select(selector);
    if (cached === undefined || members.length > this.#room) return members;
    this.#room -= members.length;
    cached.members = new KeptSet(members);
    return members;
  }

  /** It selects no more than these: known without a look at any of them. */
  mostSelected(selector: EndpointSelector): number {
    const members = this.#cached.get(selector.key)?.members;
    return members?.size ?? this.#labels.mostSelected(selector) ?? this.#records.size;
  }

  /** Yields where the caller may pause. What is kept is looked for in one go: identities come and go meanwhile. */
  *selectionsSteps(selector: EndpointSelector): Generator<undefined, IdentitySet> {
    if (this.#cached.has(selector.key)) return this.selections(selector);
    const selected: NumericIdentity[] = [];
    const pace = new Pace(IDENTITIES_PER_PAUSE);
    for (const id of this.#candidates(selector)) {
      if (this.#isSelected(id, selector)) selected.push(id);
      if (pace.isPauseDue(1)) yield;
    }
    return identitySet(selected);
  }

  identityAdded(record: IdentityRecord): void {
    for (const cached of this.#anchors.candidates(record.labels)) {
      if (cached.members === undefined || !matches(cached.selector, record.labels)) continue;
      cached.members.add(record.id);
      this.#room -= 1;
    }
  }

  identityRemoved(record: IdentityRecord): void {
    for (const cached of this.#anchors.candidates(record.labels)) {
      if (cached.members?.delete(record.id) === true) this.#room += 1;
    }
  }

  #add(cached: CachedSelector): void {
    this.#cached.set(cached.selector.key, cached);
    this.#anchors.add(cached);
  }

  #select(selector: EndpointSelector): IdentitySet {
    const selected: NumericIdentity[] = [];
    for (const id of this.#candidates(selector)) if (this.#isSelected(id, selector)) selected.push(id);
    return identitySet(selected);
  }

  #candidates(selector: EndpointSelector): Iterable<NumericIdentity> {
    return this.#labels.candidates(selector) ?? this.#records.keys();
  }

  #isSelected(id: NumericIdentity, selector: EndpointSelector): boolean {
    const record = this.#records.get(id);
    return record !== undefined && matches(selector, record.labels);
  }
}
