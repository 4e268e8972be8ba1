/**
 * Everything that follows from the objects under one settings epoch: identities and who uses them, parsed policies,
 * node-local identities, policy classes.
 *
 * Invariant: after each call it is what a build from the same objects in any order would be.
 */
import { chain } from '../cilium/chain.ts';
import { hostLabels } from '../cilium/identity/host-labels.ts';
import type { CanonicalKey } from '../cilium/identity/label.ts';
import { identityBits, identityRange } from '../cilium/identity/numeric-identity.ts';
import { refOf, type ClusterNode, type ObjectRef, type Pod, type PolicyObject } from '../cilium/objects.ts';
import type { LabelledPrefix, PrefixChange } from '../cilium/policy/prefixes/local-identities.ts';
import { nodePrefixes } from '../cilium/policy/prefixes/node-prefixes.ts';
import { parsePolicy } from '../cilium/policy/parse/parse.ts';
import { rulesOf, type Rule } from '../cilium/policy/rule.ts';
import type { ServiceObject } from '../cilium/policy/service-catalog.ts';
import { isOfAPIServers } from '../cilium/policy/services.ts';
import { isSameValue } from '../cilium/same-value.ts';
import { ClassComputer } from './classes/class-computer.ts';
import type { WallClock } from './clock.ts';
import type { DeltaBuilder } from './delta-builder.ts';
import { identityOfPod } from './identities/shape-identity.ts';
import type { DNSCaches } from './identities/agent-identities.ts';
import { HostEndpoints, isHostEndpoint } from './identities/host-endpoints.ts';
import { IdentityIndex } from './identities/identity-index.ts';
import type { KeyUse } from './identities/key-use.ts';
import { IdentitySource } from './identities/identity-source.ts';
import type { IdentityRecord } from './identities/identity-layer.ts';
import { LabelSets } from './identities/label-sets.ts';
import { PodKeys, type PodKey } from './identities/pod-keys.ts';
import { labelledPrefixes } from './identities/labelled-prefixes.ts';
import { NodeIdentities } from './identities/node-identities.ts';
import type { ObjectTables } from './objects/object-tables.ts';
import type { PortChange } from './ports/port-change.ts';
import type { PodRow } from './objects/pod-table.ts';
import { namesIn, partsOfName, type PortHolder } from './ports/port-name.ts';
import { portsOfPod } from './ports/told-ports.ts';
import { PortTable, type NamedEndpoint, type PortSource } from './ports/port-table.ts';
import { PolicyClasses } from './classes/policy-classes.ts';
import { PolicyRepository } from './policies/policy-repository.ts';
import { ServiceUsers } from './policies/service-users.ts';
import { peerSelectorsOf, type StoredPolicy } from './policies/stored-policy.ts';
import type { ToldIdentities } from './self-check/told-identities.ts';
import { parseContextOf, type Settings } from './settings.ts';
import { IdentityTally } from './usage/identity-tally.ts';
import type { UnusedSince } from './usage/unused-since.ts';
import type { NumericIdentity } from '../cilium/identity/numeric-identity.ts';

type PodName = Pick<Pod, 'namespace' | 'name'>;

/** What outlives an epoch. */
export interface Lasting {
  readonly dnsCaches: DNSCaches;
  readonly unusedSince: UnusedSince;
  /** What agents say of endpoints. */
  readonly told: Pick<ToldIdentities, 'labelsOf'>;
  /** Absent where the source is older than any clock of ours. */
  readonly clock?: WallClock | undefined;
}

export class Derived {
  readonly settings: Settings;
  readonly identities: IdentityIndex;
  readonly labelSets: LabelSets<KeyUse> | undefined;
  readonly identitySource: IdentitySource;
  readonly usage: IdentityTally;
  readonly hosts: HostEndpoints;
  readonly policies = new PolicyRepository();
  readonly ports: PortTable;
  readonly classes: PolicyClasses;
  /** Made when they are first asked for. */
  #nodes: NodeIdentities | undefined;
  readonly #delta: DeltaBuilder;
  readonly #podKeys: PodKeys;
  readonly #objects: ObjectTables;
  readonly #serviceUsers: ServiceUsers;
  readonly #seenNodes = new Map<string, ClusterNode>();

  /** `objects` and the DNS caches are read only: the store keeps them. */
  constructor(settings: Settings, delta: DeltaBuilder, objects: ObjectTables, lasting: Lasting) {
    this.settings = settings;
    this.#delta = delta;
    this.#objects = objects;
    this.#podKeys = new PodKeys(objects.pods);
    this.ports = new PortTable({ toldByPod: (name) => this.#keyOfPod(name)?.told });
    this.#serviceUsers = new ServiceUsers(objects.services, settings);
    const computer = new ClassComputer({
      settings,
      policies: this.policies,
      known: () => ({ identities: this.identities, nodes: this.nodes, dnsCaches: lasting.dnsCaches }),
      ports: this.ports,
    });
    this.classes = new PolicyClasses(computer, {
      records: () => chain([this.identities.records(), this.hosts.records()]),
      // A host endpoint is there as long as a node has it.
      smallMap: settings.config.policyMapMax / 2,
      isUsed: (identity) => isHostEndpoint(identity) || this.identities.isUsed(identity),
    });
    this.hosts = new HostEndpoints(this.classes);
    const { filter } = settings;
    this.labelSets = filter.kind === 'known' ? new LabelSets<KeyUse>(settings, filter.filter) : undefined;
    this.identities = new IdentityIndex(
      identityBits(settings.config),
      {
        identityAdded: (record) => this.#identityAdded(record),
        identityRemoved: (record) => this.#identityRemoved(record),
        keyChanged: (key, change) => this.usage.keyChanged(key, change),
        useChanged: (identities) => this.classes.useChanged(identities),
      },
      objects,
      this.labelSets,
    );
    this.identitySource = new IdentitySource(settings.config, {
      index: this.identities,
      told: lasting.told,
      objectSeen: (object) => this.usage.numbers.objectSeen(object.id, object.created),
      objectGone: (id) => this.usage.numbers.objectGone(id),
    });
    this.usage = new IdentityTally({
      range: identityRange(settings.config),
      tenantLabel: settings.tenantLabel,
      collectionWindowMs: 2 * settings.config.identityHeartbeatTimeoutMs + settings.config.identityGCIntervalMs,
      namespace: (name) => objects.namespace(name),
      unusedSince: lasting.unusedSince,
      clock: lasting.clock,
    });
  }

  get nodes(): NodeIdentities {
    this.#nodes ??= new NodeIdentities(
      this.settings,
      this.policies.prefixes(),
      labelledPrefixes(this.#objects, this.settings),
    );
    return this.#nodes;
  }

  setPod({ namespace, name }: PodName): void {
    const row = this.#objects.pods.rowOf(namespace, name);
    if (row !== undefined) this.#setPod(row, { namespace, name });
  }

  /** Before it goes from the objects. */
  deletePod({ namespace, name }: PodName): void {
    const row = this.#objects.pods.rowOf(namespace, name);
    const before = row === undefined ? undefined : this.#podKeys.of(row);
    if (row === undefined || before === undefined) return;
    const ports = this.ports.podChanged({ namespace, name }, before.told, undefined);
    this.#podKeys.delete(row);
    if (before.global !== undefined) this.identities.removePod(row, before.global.key);
    this.#portsChanged(ports);
  }

  /** The labels of their namespace are others. */
  renewPodsIn(namespace: string): void {
    const { pods } = this.#objects;
    this.#podKeys.forget(namespace);
    for (const row of pods.rowsIn(namespace)) this.#setPod(row, { namespace, name: pods.nameOf(row) });
  }

  #setPod(row: PodRow, name: PodName): void {
    const before = this.#podKeys.of(row);
    const after = this.#podKeys.set(row, (traits) => this.#keyOfTraits(traits));
    if (before === after) return;
    const ports = this.ports.podChanged(name, before?.told, after.told);
    this.#moveKey(row, before?.global, after.global);
    this.#portsChanged(ports);
  }

  #moveKey(row: PodRow, before: PodKey['global'], after: PodKey['global']): void {
    if (before?.key === after?.key) return;
    // An identity that other pods keep does not go and come back: a pod is in one list at a time.
    if (before !== undefined) this.identities.removePod(row, before.key);
    if (after !== undefined) this.identities.addPod(row, after);
  }

  #keyOfTraits(number: number): PodKey {
    const traits = this.#objects.pods.traits(number);
    const identity = identityOfPod(traits, {
      settings: this.settings,
      objects: this.#objects,
      labelSets: this.labelSets,
    });
    if (identity?.kind !== 'global') return { told: portsOfPod(traits, identity) };
    const global = this.identities.shared(identity);
    return { global, told: portsOfPod(traits, { ...identity, key: global.key }) };
  }

  /** The key that a pod has by these settings; undefined where it has none, or it is not known. */
  keyOfPod(name: string): CanonicalKey | undefined {
    return this.#keyOfPod(name)?.global?.key;
  }

  #keyOfPod(endpoint: string): PodKey | undefined {
    const row = this.#objects.pods.rowOf(...partsOfName(endpoint));
    return row === undefined ? undefined : this.#podKeys.of(row);
  }

  /** `told` is absent where the object is gone. */
  setEndpoint(name: string, source: PortSource, told: NamedEndpoint | undefined): void {
    this.#portsChanged(this.ports.set(name, source, told));
  }

  #portsChanged({ holders, values }: PortChange): void {
    const isByIdentity = this.settings.profile.egressNamedPorts === 'identity';
    for (const names of isByIdentity ? holders.values() : [values]) this.classes.portsChanged(names);
    this.classes.reclassify(this.#recordsOf(holders.keys()));
  }

  *#recordsOf(holders: Iterable<PortHolder>): Iterable<IdentityRecord> {
    for (const holder of holders) {
      for (const id of typeof holder === 'number' ? [holder] : this.identities.withKey(holder)) {
        const record = this.identities.record(id);
        if (record !== undefined) yield record;
      }
    }
  }

  /** It came, changed or is gone: the objects tell. */
  setNode(name: string): void {
    const { filter, profile } = this.settings;
    const node = this.#objects.node(name);
    const before = this.#seenNodes.get(name);
    // An agent reports the health of its node all day.
    if (isSameValue([before?.labels, before?.addresses], [node?.labels, node?.addresses])) return;
    if (node === undefined) this.#seenNodes.delete(name);
    else this.#seenNodes.set(name, node);
    if (!isSameValue(this.#prefixesOf(before), this.#prefixesOf(node))) this.renewNodes();
    const isKnown = node !== undefined && filter.kind === 'known';
    this.hosts.set(name, isKnown ? hostLabels(node.labels, { profile, filter: filter.filter }) : undefined);
  }

  #prefixesOf(node: ClusterNode | undefined): readonly LabelledPrefix[] {
    return node === undefined ? [] : [...nodePrefixes([node], this.settings)];
  }

  setPolicy(object: PolicyObject): void {
    this.#delta.policies.push(refOf(object));
    this.#readPolicy(object);
  }

  #readPolicy(object: PolicyObject): void {
    const context = parseContextOf(this.settings, this.#objects.services);
    const { stored, before } = this.policies.set(object, parsePolicy(object, context));
    this.#serviceUsers.set(object);
    this.#policyChanged(before, stored);
  }

  deletePolicy(ref: ObjectRef): void {
    const before = this.policies.delete(ref);
    if (before === undefined) return;
    this.#delta.policies.push(ref);
    this.#serviceUsers.delete(ref);
    this.#policyChanged(before, undefined);
  }

  /** Services or EndpointSlices, as they were and as they are; none where only more is known of what is not there. */
  servicesChanged(objects: readonly ServiceObject[]): void {
    this.#delta.policies.push(...this.#serviceUsers.changed(objects));
    if (objects.some(isOfAPIServers)) this.renewNodes();
  }

  /** What the next question would wait for. Yields where the caller may pause. */
  *catchUpSteps(): Generator<undefined, void> {
    this.catchUp();
    yield;
    yield* this.classes.catchUpSteps();
  }

  /** Reads again what has to be, before somebody looks. */
  catchUp(): void {
    this.usage.catchUp();
    for (const object of this.#serviceUsers.takeStale()) this.#readPolicy(object);
  }

  #policyChanged(before: StoredPolicy | undefined, after: StoredPolicy | undefined): void {
    for (const policy of [after, before]) this.#countSelectors(policy, policy === after ? 'retain' : 'release');
    this.#prefixesChanged(this.policies.takePrefixChange());
    this.classes.reclassify(this.#selectedBy([...rulesOf(before?.parsed), ...rulesOf(after?.parsed)]));
  }

  #countSelectors(policy: StoredPolicy | undefined, call: 'retain' | 'release'): void {
    if (policy === undefined) return;
    for (const selector of peerSelectorsOf(policy)) this.identities[call](selector);
  }

  #prefixesChanged(change: PrefixChange): void {
    if (change.named.length + change.unnamed.length === 0) return;
    if (this.#nodes === undefined) this.classes.forgetCounts();
    else this.classes.prefixesChanged(this.#nodes.change(change));
  }

  /** CIDR groups or addresses of API servers changed: node-local identities are made anew. */
  renewNodes(): void {
    this.#nodes = undefined;
    this.classes.forgetCounts();
  }

  *#selectedBy(changed: readonly Rule[]): Iterable<IdentityRecord> {
    const seen = new Set<NumericIdentity>();
    for (const subject of new Map(changed.map(({ subject }) => [subject.key, subject])).values()) {
      for (const id of chain([this.identities.matching(subject), this.hosts.matching(subject)])) {
        const record = this.identities.record(id) ?? this.hosts.record(id);
        if (record !== undefined && !seen.has(id)) yield record;
        seen.add(id);
      }
    }
  }

  #identityAdded(record: IdentityRecord): void {
    this.usage.numbers.taken(record.id);
    this.#delta.identitiesAdded.push(record.id);
    this.#delta.keysAdded.push(record.key);
    this.classes.identityAdded(record);
    this.#holderChanged(record);
  }

  #identityRemoved(record: IdentityRecord): void {
    this.usage.numbers.freed(record.id);
    this.#delta.identitiesRemoved.push(record.id);
    this.classes.identityRemoved(record);
    this.#holderChanged(record);
  }

  /** Its endpoints gave names to ports under another number, or will. */
  #holderChanged({ id, key }: IdentityRecord): void {
    if (this.settings.profile.egressNamedPorts !== 'identity') return;
    for (const holder of [key, id]) {
      for (const { ports } of this.ports.setsOf(holder)) {
        this.classes.portsChanged(namesIn(ports).map(([name]) => name));
      }
    }
  }
}
