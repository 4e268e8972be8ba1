/**
 * Everything that follows from the objects under one settings epoch: identities and who uses them, parsed policies,
 * node-local identities, policy classes.
 *
 * Invariant: after each call it is what a build from the same objects in any order would be.
 */
import type { CanonicalKey, LabelArray } from '../cilium/identity/label.ts';
import { canonicalKey, labelArray } from '../cilium/identity/label.ts';
import { identityBits } from '../cilium/identity/numeric-identity.ts';
import { podIdentity, type PodIdentity } from '../cilium/identity/pod-identity.ts';
import type { CiliumIdentity, Namespace, ObjectRef, Pod, PodShape, PolicyObject } from '../cilium/objects.ts';
import { refOf } from '../cilium/objects.ts';
import { parsePolicy } from '../cilium/policy/parse.ts';
import type { ParsedPolicy, Rule } from '../cilium/policy/rule.ts';
import type { EndpointSelector } from '../cilium/policy/selector.ts';
import { ClassComputer } from './class-computer.ts';
import { selectionsOf } from './selections.ts';
import type { DeltaBuilder } from './delta-builder.ts';
import { IdentityIndex } from './identity-index.ts';
import type { IdentityRecord } from './identity-layer.ts';
import { NodeIdentities } from './node-identities.ts';
import { PolicyClasses } from './policy-classes.ts';
import { PolicyRepository, peerSelectorsOf, rulesOf, type StoredPolicy } from './policy-repository.ts';
import type { Settings } from './settings.ts';
import type { NumericIdentity } from './view.ts';

interface KeyedPod {
  readonly pod: Pod;
  readonly key: CanonicalKey;
}

export class Derived {
  readonly settings: Settings;
  readonly identities: IdentityIndex;
  readonly policies = new PolicyRepository();
  readonly classes: PolicyClasses;
  #nodes: NodeIdentities;
  #nodePrefixes: ReadonlySet<string>;
  readonly #delta: DeltaBuilder;
  readonly #keyedPods = new Map<string, KeyedPod>();
  readonly #namespaceOf: (name: string) => Namespace | undefined;

  constructor(settings: Settings, delta: DeltaBuilder, namespaceOf: (name: string) => Namespace | undefined) {
    this.settings = settings;
    this.#delta = delta;
    this.#namespaceOf = namespaceOf;
    this.#nodePrefixes = this.policies.prefixes();
    this.#nodes = new NodeIdentities(settings, this.#nodePrefixes);
    const computer = new ClassComputer({
      settings,
      policies: this.policies,
      selections: (selector) => selectionsOf(this.identities, this.#nodes, selector),
    });
    this.classes = new PolicyClasses(computer);
    this.identities = new IdentityIndex(identityBits(settings.config), {
      identityAdded: (record) => this.#identityAdded(record),
      identityRemoved: (record) => this.#identityRemoved(record),
    });
  }

  get nodes(): NodeIdentities {
    return this.#nodes;
  }

  setPod(pod: Pod): void {
    const key = usesIdentity(pod) ? this.#identityOf(pod) : undefined;
    const name = `${pod.namespace}/${pod.name}`;
    const before = this.#keyedPods.get(name);
    if (key?.kind !== 'global') {
      this.deletePod(pod.namespace, pod.name);
      return;
    }
    // The new key first: an identity that the pod keeps must not go and come back.
    this.#keyedPods.set(name, { pod, key: key.key });
    this.identities.addPod(pod, key.key, key.labels);
    if (before !== undefined && before.key !== key.key) this.identities.removePod(before.pod, before.key);
  }

  deletePod(namespace: string, name: string): void {
    const keyed = this.#keyedPods.get(`${namespace}/${name}`);
    if (keyed === undefined) return;
    this.#keyedPods.delete(`${namespace}/${name}`);
    this.identities.removePod(keyed.pod, keyed.key);
  }

  setIdentity(object: CiliumIdentity): void {
    const labels = labelArray(object.securityLabels);
    this.identities.addObject(object.id, canonicalKey(labels), labels);
  }

  deleteIdentity(object: CiliumIdentity): void {
    this.identities.removeObject(object.id);
  }

  setPolicy(object: PolicyObject): void {
    const { stored, before } = this.policies.set(object, parsePolicy(object, this.settings));
    this.#policyChanged(before, stored, refOf(object));
  }

  deletePolicy(ref: ObjectRef): void {
    const before = this.policies.delete(ref);
    if (before !== undefined) this.#policyChanged(before, undefined, ref);
  }

  #identityOf(pod: Pod): PodIdentity | undefined {
    const namespace = this.#namespaceOf(pod.namespace);
    if (namespace === undefined || this.settings.filter.kind === 'unknown') return undefined;
    return podIdentity(pod, namespace, { ...this.settings, filter: this.settings.filter.filter });
  }

  #policyChanged(before: StoredPolicy | undefined, after: StoredPolicy | undefined, ref: ObjectRef): void {
    this.#delta.policies.push(ref);
    for (const policy of [after, before]) this.#countSelectors(policy, policy === after ? 'retain' : 'release');
    if (this.policies.prefixes() !== this.#nodePrefixes) this.#renumberNodes();
    this.classes.reclassify(this.#selectedBy([...rules(before), ...rules(after)]));
  }

  #countSelectors(policy: StoredPolicy | undefined, call: 'retain' | 'release'): void {
    if (policy === undefined) return;
    for (const selector of peerSelectorsOf(policy)) this.identities[call](selector);
  }

  #renumberNodes(): void {
    this.#nodePrefixes = this.policies.prefixes();
    this.#nodes = new NodeIdentities(this.settings, this.#nodePrefixes);
    this.classes.forgetCounts();
  }

  #selectedBy(changed: readonly Rule[]): Iterable<IdentityRecord> {
    const selected = new Map<NumericIdentity, IdentityRecord>();
    for (const subject of new Map(changed.map(({ subject }) => [subject.key, subject])).values()) {
      for (const id of this.identities.matching(subject)) {
        const record = this.identities.record(id);
        if (record !== undefined) selected.set(id, record);
      }
    }
    return selected.values();
  }

  #identityAdded(record: IdentityRecord): void {
    this.#delta.identitiesAdded.push(record.id);
    this.classes.identityAdded(record);
  }

  #identityRemoved(record: IdentityRecord): void {
    this.#delta.identitiesRemoved.push(record.id);
    this.classes.identityRemoved(record);
  }
}
