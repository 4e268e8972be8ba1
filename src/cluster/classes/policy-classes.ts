/**
 * Policy classes of the live cluster: endpoints that the same rules select share one policy map.
 *
 * Kept up incrementally. An identity that comes or goes changes the count of exactly those classes in which a peer selects
 * it, by exactly the entries that it has there: entries of one identity meet only those of their own and of the wildcard
 * identities (pkg/policy/mapstate.go, covering keys), so that the entries of others stay as they are.
 * Invariant: every identity of the cluster and every host endpoint is a member of a class, of several where its endpoints differ
 * in own ports that rules name; a count that is known equals a count from nothing.
 * Built at the first question, so that a cluster can be loaded without keeping up what nobody has asked for. That counts nothing:
 * a class whose map its rules tell to be small is bounded by them, and counted once something comes near a line.
 * Cost: identity O(peer selectors that share a label with it + classes that it enters); policy and pod O(1), and at the next
 * question O(identities that the policy selects), O(sets of ports of the pod's identity).
 */
import type { LabelArray } from '../../cilium/identity/label.ts';
import type { PolicyMap } from '../../cilium/policy/map/policy-map.ts';
import type { IdentityRecord } from '../identities/identity-layer.ts';
import type { HostObserver } from '../identities/host-endpoints.ts';
import { NO_PORTS, type NamedPortMap } from '../../cilium/named-ports.ts';
import { runToEnd } from '../../cilium/run-to-end.ts';
import type { PortName } from '../ports/port-name.ts';
import type { ClassComputer, Newcomer } from './class-computer.ts';
import type { ClassLayer, KeptClass, KeptClasses, SmallMaps } from './class-layer.ts';
import { ClassMemberships } from './class-memberships.ts';
import type { GainingClass } from '../policy-class.ts';
import type { LiveClass } from './live-class.ts';
import { LiveClasses } from './live-classes.ts';
import type { MembersByUse } from './members-by-use.ts';
import type { PolicyClass } from '../policy-class.ts';
import type { NumericIdentity } from '../../cilium/identity/numeric-identity.ts';

const CLASSES_PER_PAUSE = 64;

export interface ClassedCluster {
  /** The identities of the cluster, and the host endpoints. */
  readonly records: () => Iterable<IdentityRecord>;
  /** Whether a pod or an endpoint has it. */
  readonly isUsed: (identity: NumericIdentity) => boolean;
  /** A map with fewer entries is small: nothing that one change adds fills it, or hardly anything. */
  readonly smallMap: number;
}

export class PolicyClasses implements ClassLayer, KeptClasses, HostObserver {
  readonly #computer: ClassComputer;
  readonly #cluster: ClassedCluster;
  readonly #classes: LiveClasses;
  readonly #memberships: ClassMemberships;
  #isBuilt = false;
  /** To be looked at again: many pods of one identity come and go between two questions. */
  readonly #unsettled = new Map<NumericIdentity, IdentityRecord>();

  constructor(computer: ClassComputer, cluster: ClassedCluster) {
    this.#computer = computer;
    this.#cluster = cluster;
    this.#classes = new LiveClasses(computer, cluster.smallMap);
    this.#memberships = new ClassMemberships(this.#classes, cluster.isUsed);
  }

  get kept(): KeptClasses {
    return this;
  }

  all(): Iterable<KeptClass> {
    this.#catchUp();
    return this.#classes.all();
  }

  large(): Iterable<KeptClass> {
    this.#catchUp();
    return this.#classes.large();
  }

  get small(): SmallMaps {
    this.#catchUp();
    return this.#classes.small;
  }

  ofIdentity(identity: NumericIdentity): readonly KeptClass[] {
    this.#catchUp();
    return this.#memberships.of(identity);
  }

  classOf(labels: LabelArray, identity?: NumericIdentity, ports: NamedPortMap = NO_PORTS): PolicyClass {
    this.#catchUp();
    const [live] = identity === undefined ? [] : this.#memberships.of(identity);
    if (live?.policyClass.ownNames.length === 0) return live.policyClass;
    const rules = this.#computer.rulesFor(labels, identity, ports);
    return this.#classes.get(rules.key)?.policyClass ?? this.#computer.make(rules);
  }

  entriesSteps(policyClass: PolicyClass): Generator<undefined, number> {
    this.#catchUp();
    const live = this.#classes.get(policyClass.key);
    return live?.countSteps(this.#computer) ?? this.#computer.countSteps(policyClass);
  }

  grownSteps(policyClass: PolicyClass, newcomers: Iterable<Newcomer>): Generator<undefined, number> | undefined {
    this.#catchUp();
    const live = this.#classes.get(policyClass.key);
    return live === undefined ? undefined : this.#grownSteps(live, newcomers);
  }

  *#grownSteps(live: LiveClass, newcomers: Iterable<Newcomer>): Generator<undefined, number> {
    let entries = yield* live.countSteps(this.#computer);
    for (const newcomer of newcomers) {
      entries += yield* this.#computer.gainedSteps(live.policyClass, newcomer);
      yield;
    }
    return entries;
  }

  policyMapSteps(policyClass: PolicyClass): Generator<undefined, PolicyMap> {
    return this.#computer.mapSteps(policyClass);
  }

  /** Those that are in use come first. */
  membersOf(policyClass: PolicyClass): Iterable<NumericIdentity> {
    this.#catchUp();
    return this.#classes.get(policyClass.key)?.members ?? [];
  }

  /** Each member is asked once by the events that change its use, and none by who asks here. */
  hasEndpoint(policyClass: PolicyClass): boolean {
    return (this.membersByUse(policyClass)?.used.size ?? 0) > 0;
  }

  /** undefined: the class has no member. */
  membersByUse({ key }: PolicyClass): MembersByUse | undefined {
    this.#catchUp();
    return this.#classes.get(key)?.members;
  }

  meeting(newcomer: Newcomer, which: 'all' | 'large'): Iterable<KeptClass> {
    this.#catchUp();
    return this.#classes.meeting(newcomer, which);
  }

  gainedSteps(policyClass: PolicyClass, newcomer: Newcomer): Generator<undefined, number> {
    return this.#computer.gainedSteps(policyClass, newcomer);
  }

  *gaining(newcomer: Newcomer): Generator<GainingClass | undefined, void> {
    this.#catchUp();
    let seen = 0;
    for (const { policyClass } of this.#classes.meeting(newcomer, 'all')) {
      const gained = yield* this.#computer.gainedSteps(policyClass, newcomer);
      if (gained > 0) yield { policyClass, gained };
      if (++seen % CLASSES_PER_PAUSE === 0) yield;
    }
  }

  identityAdded(record: IdentityRecord): void {
    if (!this.#isBuilt) return;
    for (const live of this.#classes.selecting(record.labels, 'all')) live.owe(record, 1);
    this.#put(record);
  }

  identityRemoved(record: IdentityRecord): void {
    if (!this.#isBuilt) return;
    this.#leave(record.id);
    for (const live of this.#classes.selecting(record.labels, 'all')) live.owe(record, -1);
  }

  /** A host endpoint is in a class, and no peer of one. */
  hostAdded(record: IdentityRecord): void {
    if (this.#isBuilt) this.#put(record);
  }

  hostRemoved({ id }: IdentityRecord): void {
    if (this.#isBuilt) this.#leave(id);
  }

  /** Identities whose rules, or the ports of whose endpoints, may have changed: they are looked at again at the next question. */
  reclassify(records: Iterable<IdentityRecord>): void {
    if (!this.#isBuilt) return;
    for (const record of records) this.#unsettled.set(record.id, record);
  }

  /** They came into use, or are in use no more. */
  useChanged(identities: Iterable<NumericIdentity>): void {
    this.#memberships.useChanged(identities);
  }

  /** What ports have these names changed somewhere. */
  portsChanged(names: Iterable<PortName>): void {
    for (const name of names) for (const live of this.#classes.asking(name)) live.forgetCount();
  }

  /** Node-local identities came, so many at most, or went: counts have to be made again, and what they were tells how much. */
  prefixesChanged(came: number): void {
    for (const live of this.#classes.all()) live.prefixesChanged(came);
  }

  /** Node-local identities changed: every count has to be made again. */
  forgetCounts(): void {
    for (const live of this.#classes.all()) live.forgetCount();
  }

  /** What the next question would wait for. Yields where the caller may pause; meanwhile the cluster may go on, and questions come. */
  *catchUpSteps(): Generator<undefined, void> {
    if (!this.#isBuilt) for (const record of this.#cluster.records()) this.#unsettled.set(record.id, record);
    this.#isBuilt = true;
    for (const record of this.#unsettled.values()) {
      this.#put(record);
      this.#unsettled.delete(record.id);
      yield;
    }
    yield* this.#classes.boundSteps();
  }

  #catchUp(): void {
    if (this.#isBuilt && this.#unsettled.size === 0 && this.#classes.areBounded) return;
    runToEnd(this.catchUpSteps());
  }

  #put(record: IdentityRecord): void {
    this.#memberships.put(record.id, this.#computer.rulesOf(record));
  }

  #leave(identity: NumericIdentity): void {
    this.#unsettled.delete(identity);
    this.#memberships.leave(identity);
  }
}
