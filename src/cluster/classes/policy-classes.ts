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
import { getOrMake } from '../../cilium/get-or-make.ts';
import { NO_PORTS, type NamedPortMap } from '../../cilium/named-ports.ts';
import { runToEnd } from '../../cilium/run-to-end.ts';
import { namesIn, portName, type PortName } from '../ports/port-name.ts';
import type { ClassComputer, ClassRules, Newcomer } from './class-computer.ts';
import type { ClassLayer, KeptClass, KeptClasses, SmallMaps } from './class-layer.ts';
import type { GainingClass } from '../policy-class.ts';
import { LiveClass } from './live-class.ts';
import type { MembersByUse } from './members-by-use.ts';
import { PeerUses } from './peer-uses.ts';
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
  #isBuilt = false;
  readonly #classes = new Map<string, LiveClass>();
  readonly #classesByMember = new Map<NumericIdentity, readonly LiveClass[]>();
  /** To be looked at again: many pods of one identity come and go between two questions. */
  readonly #unsettled = new Map<NumericIdentity, IdentityRecord>();
  /** Those that differ in own ports alone, and share what the rules make. */
  readonly #classesByRules = new Map<string, Set<LiveClass>>();
  /** By the names of ports that their egress rules ask for. */
  readonly #classesByName = new Map<PortName, Set<LiveClass>>();
  readonly #peers = new PeerUses<LiveClass>();
  /** Made since the last question: what their rules say of their maps is not known yet. */
  readonly #unbounded = new Set<LiveClass>();
  /** Those of whose maps it is not known that they are small. */
  readonly #large = new Set<LiveClass>();
  /** Of any class whose map was small. */
  #mostOfOne = 0;

  constructor(computer: ClassComputer, cluster: ClassedCluster) {
    this.#computer = computer;
    this.#cluster = cluster;
  }

  get kept(): KeptClasses {
    return this;
  }

  all(): Iterable<KeptClass> {
    this.#catchUp();
    return this.#classes.values();
  }

  large(): Iterable<KeptClass> {
    this.#catchUp();
    return this.#large;
  }

  get small(): SmallMaps {
    this.#catchUp();
    return { entries: this.#cluster.smallMap, mostOfOne: this.#mostOfOne };
  }

  ofIdentity(identity: NumericIdentity): readonly KeptClass[] {
    this.#catchUp();
    return this.#classesByMember.get(identity) ?? [];
  }

  classOf(labels: LabelArray, identity?: NumericIdentity, ports: NamedPortMap = NO_PORTS): PolicyClass {
    this.#catchUp();
    const [live] = (identity === undefined ? undefined : this.#classesByMember.get(identity)) ?? [];
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
    return this.#meeting(newcomer, which);
  }

  gainedSteps(policyClass: PolicyClass, newcomer: Newcomer): Generator<undefined, number> {
    return this.#computer.gainedSteps(policyClass, newcomer);
  }

  *gaining(newcomer: Newcomer): Generator<GainingClass | undefined, void> {
    this.#catchUp();
    let seen = 0;
    for (const { policyClass } of this.#meeting(newcomer, 'all')) {
      const gained = yield* this.#computer.gainedSteps(policyClass, newcomer);
      if (gained > 0) yield { policyClass, gained };
      if (++seen % CLASSES_PER_PAUSE === 0) yield;
    }
  }

  identityAdded(record: IdentityRecord): void {
    if (!this.#isBuilt) return;
    for (const live of this.#peers.selecting(record.labels, 'all')) live.owe(record, 1);
    this.#join(record);
  }

  identityRemoved(record: IdentityRecord): void {
    if (!this.#isBuilt) return;
    this.#leave(record.id);
    for (const live of this.#peers.selecting(record.labels, 'all')) live.owe(record, -1);
  }

  /** A host endpoint is in a class, and no peer of one. */
  hostAdded(record: IdentityRecord): void {
    if (this.#isBuilt) this.#join(record);
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
    for (const identity of identities) {
      for (const { members } of this.#classesByMember.get(identity) ?? [])
        members.put(identity, this.#cluster.isUsed(identity));
    }
  }

  /** What ports have these names changed somewhere. */
  portsChanged(names: Iterable<PortName>): void {
    for (const name of names) for (const live of this.#classesByName.get(name) ?? []) live.forgetCount();
  }

  /** Node-local identities came, so many at most, or went: counts have to be made again, and what they were tells how much. */
  prefixesChanged(came: number): void {
    for (const live of this.#classes.values()) live.prefixesChanged(came);
  }

  /** Node-local identities changed: every count has to be made again. */
  forgetCounts(): void {
    for (const live of this.#classes.values()) live.forgetCount();
  }

  /** What the next question would wait for. Yields where the caller may pause; meanwhile the cluster may go on, and questions come. */
  *catchUpSteps(): Generator<undefined, void> {
    if (!this.#isBuilt) for (const record of this.#cluster.records()) this.#unsettled.set(record.id, record);
    this.#isBuilt = true;
    for (const record of this.#unsettled.values()) {
      this.#settle(record);
      this.#unsettled.delete(record.id);
      yield;
    }
    for (const live of this.#unbounded) {
      live.boundByRules(this.#computer, this.#cluster.smallMap);
      this.#unbounded.delete(live);
      yield;
    }
  }

  #catchUp(): void {
    if (this.#isBuilt && this.#unsettled.size === 0 && this.#unbounded.size === 0) return;
    runToEnd(this.catchUpSteps());
  }

  #settle(record: IdentityRecord): void {
    const rules = this.#computer.rulesOf(record);
    if (!this.#isIn(record.id, rules)) this.#joinAll(record.id, rules);
  }

  /** Those that select the labels, and those that ask everybody for a name that one of the ports has. */
  #meeting({ labels, ports = NO_PORTS }: Newcomer, which: 'all' | 'large'): Iterable<LiveClass> {
    const selecting = this.#peers.selecting(labels, which);
    const byName = namesIn(ports).flatMap(([name]) => [...(this.#classesByName.get(name) ?? [])]);
    if (byName.length === 0) return selecting;
    return new Set([...selecting, ...byName.filter((live) => which === 'all' || this.#large.has(live))]);
  }

  #join(record: IdentityRecord): void {
    this.#joinAll(record.id, this.#computer.rulesOf(record));
  }

  /** In place of those that the identity is in; one that it stays in keeps its count. */
  #joinAll(identity: NumericIdentity, all: readonly ClassRules[]): void {
    const before = this.#classesByMember.get(identity) ?? [];
    const classes = new Set<LiveClass>();
    for (const rules of all) {
      const live = getOrMake(this.#classes, rules.key, () => this.#open(this.#make(rules)));
      live.members.put(identity, this.#cluster.isUsed(identity));
      classes.add(live);
    }
    this.#classesByMember.set(identity, [...classes]);
    for (const live of before) if (!classes.has(live)) this.#withdraw(identity, live);
  }

  #make(rules: ClassRules): PolicyClass {
    const [like] = this.#classesByRules.get(rules.rulesKey) ?? [];
    return this.#computer.make(rules, like?.policyClass);
  }

  #isIn(identity: NumericIdentity, rules: readonly ClassRules[]): boolean {
    const keys = new Set(this.#classesByMember.get(identity)?.map(({ policyClass }) => policyClass.key));
    return keys.size === rules.length && rules.every(({ key }) => keys.has(key));
  }

  #leave(identity: NumericIdentity): void {
    const classes = this.#classesByMember.get(identity) ?? [];
    this.#unsettled.delete(identity);
    this.#classesByMember.delete(identity);
    for (const live of classes) this.#withdraw(identity, live);
  }

  #withdraw(identity: NumericIdentity, live: LiveClass): void {
    live.members.delete(identity);
    if (live.members.size === 0) this.#close(live);
  }

  #open(policyClass: PolicyClass): LiveClass {
    const live = new LiveClass(policyClass, (moved) => this.#setLarge(moved, !this.#isSmall(moved)));
    this.#large.add(live);
    this.#unbounded.add(live);
    this.#peers.add(live, this.#computer.peersOf(policyClass));
    getOrMake(this.#classesByRules, policyClass.rulesKey, () => new Set<LiveClass>()).add(live);
    for (const name of egressNames(policyClass)) {
      getOrMake(this.#classesByName, name, () => new Set<LiveClass>()).add(live);
    }
    return live;
  }

  #isSmall({ policyClass, bounds, mostEntries }: LiveClass): boolean {
    const isTold = policyClass.unsupported.length === 0 && bounds.isOfIdentitiesAlone;
    return isTold && mostEntries < this.#cluster.smallMap;
  }

  #setLarge(live: LiveClass, isLarge: boolean): void {
    if (this.#large.has(live) === isLarge || this.#classes.get(live.policyClass.key) !== live) return;
    if (isLarge) this.#large.add(live);
    else this.#large.delete(live);
    if (!isLarge) this.#mostOfOne = Math.max(this.#mostOfOne, live.bounds.mostOfOne);
    this.#peers.setLarge(live, this.#computer.peersOf(live.policyClass), isLarge);
  }

  #close(live: LiveClass): void {
    const { key, rulesKey } = live.policyClass;
    this.#classes.delete(key);
    const alike = this.#classesByRules.get(rulesKey);
    alike?.delete(live);
    if (alike?.size === 0) this.#classesByRules.delete(rulesKey);
    this.#large.delete(live);
    this.#unbounded.delete(live);
    this.#peers.delete(live, this.#computer.peersOf(live.policyClass));
    for (const name of egressNames(live.policyClass)) {
      const classes = this.#classesByName.get(name);
      classes?.delete(live);
      if (classes?.size === 0) this.#classesByName.delete(name);
    }
  }
}

/** The names of ports that its egress rules ask for. */
function egressNames({ policy }: PolicyClass): readonly PortName[] {
  return policy.egress.filters.flatMap(({ port }) =>
    port.kind === 'name' ? [portName(port.name, port.protocol)] : [],
  );
}
