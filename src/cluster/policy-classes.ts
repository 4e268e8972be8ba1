/**
 * Policy classes of the live cluster: identities that the same rules select share one policy map.
 *
 * Kept up incrementally. An identity that comes or goes changes the count of exactly those classes in which a peer selects
 * it, by exactly the entries that it has there: entries of one identity meet only those of their own and of the wildcard
 * identities (pkg/policy/mapstate.go, covering keys), so that the entries of others stay as they are.
 * Invariant: every identity of the cluster is a member of one class; a count that is known equals a count from nothing.
 * Cost: identity O(peer selectors + classes that it enters); policy O(identities that it selects).
 */
import type { LabelArray } from '../cilium/identity/label.ts';
import type { PolicyMap } from '../cilium/policy/map-state.ts';
import type { EndpointSelector, SelectorKey } from '../cilium/policy/selector.ts';
import { matches } from '../cilium/policy/selector.ts';
import type { IdentityRecord } from './identity-layer.ts';
import { getOrMake } from './label-index.ts';
import type { ClassComputer } from './class-computer.ts';
import type { ClassLayer, GainingClass } from './class-layer.ts';
import type { NumericIdentity, PolicyClass } from './view.ts';

interface LiveClass {
  readonly policyClass: PolicyClass;
  readonly members: Set<NumericIdentity>;
  count: number | undefined;
}

interface PeerUse {
  readonly selector: EndpointSelector;
  readonly classes: Set<LiveClass>;
}

export class PolicyClasses implements ClassLayer {
  readonly #computer: ClassComputer;
  readonly #classes = new Map<string, LiveClass>();
  readonly #classByMember = new Map<NumericIdentity, LiveClass>();
  readonly #peers = new Map<SelectorKey, PeerUse>();

  constructor(computer: ClassComputer) {
    this.#computer = computer;
  }

  classOf(labels: LabelArray, identity?: NumericIdentity): PolicyClass {
    const live = identity === undefined ? undefined : this.#classByMember.get(identity);
    if (live !== undefined) return live.policyClass;
    const rules = this.#computer.rulesFor(labels, identity);
    return this.#classes.get(rules.key)?.policyClass ?? this.#computer.make(rules);
  }

  entries(policyClass: PolicyClass): number {
    const live = this.#classes.get(policyClass.key);
    if (live === undefined) return this.#computer.count(policyClass);
    live.count ??= this.#computer.count(policyClass);
    return live.count;
  }

  policyMap(policyClass: PolicyClass): PolicyMap {
    return this.#computer.map(policyClass);
  }

  membersOf(policyClass: PolicyClass): Iterable<NumericIdentity> {
    return this.#classes.get(policyClass.key)?.members ?? [];
  }

  *gaining(labels: LabelArray): Iterable<GainingClass> {
    for (const live of this.#selecting(labels)) {
      const gained = this.#computer.gained(live.policyClass, labels);
      if (gained > 0) yield { policyClass: live.policyClass, gained };
    }
  }

  identityAdded(record: IdentityRecord): void {
    this.#adjust(record.labels, 1);
    this.#join(record);
  }

  identityRemoved(record: IdentityRecord): void {
    this.#leave(record.id);
    this.#adjust(record.labels, -1);
  }

  /** Looks again at identities whose rules may have changed. */
  reclassify(records: Iterable<IdentityRecord>): void {
    for (const record of records) {
      this.#leave(record.id);
      this.#join(record);
    }
  }

  /** Node-local identities changed: every count has to be made again. */
  forgetCounts(): void {
    for (const live of this.#classes.values()) live.count = undefined;
  }

  #adjust(labels: LabelArray, sign: 1 | -1): void {
    for (const live of this.#selecting(labels)) {
      if (live.count !== undefined) live.count += sign * this.#computer.gained(live.policyClass, labels);
    }
  }

  #selecting(labels: LabelArray): ReadonlySet<LiveClass> {
    const selecting = new Set<LiveClass>();
    for (const { selector, classes } of this.#peers.values()) {
      if (matches(selector, labels)) for (const live of classes) selecting.add(live);
    }
    return selecting;
  }

  #join(record: IdentityRecord): void {
    const rules = this.#computer.rulesFor(record.labels, record.id);
    const live = getOrMake(this.#classes, rules.key, () => this.#open(this.#computer.make(rules)));
    live.members.add(record.id);
    this.#classByMember.set(record.id, live);
  }

  #leave(identity: NumericIdentity): void {
    const live = this.#classByMember.get(identity);
    if (live === undefined) return;
    this.#classByMember.delete(identity);
    live.members.delete(identity);
    if (live.members.size === 0) this.#close(live);
  }

  #open(policyClass: PolicyClass): LiveClass {
    const live: LiveClass = { policyClass, members: new Set(), count: undefined };
    for (const selector of this.#computer.peersOf(policyClass)) {
      getOrMake(this.#peers, selector.key, () => ({ selector, classes: new Set<LiveClass>() })).classes.add(live);
    }
    return live;
  }

  #close(live: LiveClass): void {
    this.#classes.delete(live.policyClass.key);
    for (const selector of this.#computer.peersOf(live.policyClass)) {
      const use = this.#peers.get(selector.key);
      use?.classes.delete(live);
      if (use?.classes.size === 0) this.#peers.delete(selector.key);
    }
  }
}
