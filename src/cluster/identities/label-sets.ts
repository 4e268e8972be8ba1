/**
 * Which known key a pod has, found by one hash of all its labels.
 *
 * A key is some hundred characters, which would have to be sorted, joined and hashed before they are looked up; most pods have
 * a key that is there already. Nothing is looked up for a label: in a large cluster each look-up is several waits for memory.
 * Invariant: what is found is what podIdentity says, for its labels are held against those of the pod, whatever the hash. Nothing is
 * found where two labels meet in one key, of what has no key that an identity is made for, and of unusually many labels: then
 * podIdentity has to be asked.
 * Cost: O(characters of the labels). Sets of one hash are told apart one by one; no more than a few are kept.
 */
import type { LabelFilter } from '../../cilium/identity/label-filter.ts';
import type { CanonicalKey, Label, LabelArray } from '../../cilium/identity/label.ts';
import { GENERATED_SOURCE, namedPortsLabels } from '../../cilium/identity/named-ports-label.ts';
import { hasKey } from '../../cilium/identity/pod-identity.ts';
import { isOfNamespace, SERVICE_ACCOUNT_KEY, type NamespaceShape } from '../../cilium/identity/pod-labels.ts';
import type { ContainerPort, Labels, PodShape } from '../../cilium/objects.ts';
import type { Settings } from '../settings.ts';
import { AskedLabels, joinedValues, LONGEST_VALUE, type OwnLabels } from './asked-labels.ts';
import { LabelsOfNamespaces, type GivenLabels } from './given-labels.ts';
import { KeyLists } from './key-lists.ts';
import { secretHash, type TextHash } from './label-hash.ts';
import { LabelKeys, type LabelKey } from './label-keys.ts';

export interface LabelSet {
  readonly key: CanonicalKey;
  readonly labels: LabelArray;
}

interface KnownSet<Keyed> {
  readonly keyed: Keyed;
  /** Those that a pod has from its namespace. */
  readonly given: GivenLabels;
  /** All others. */
  readonly own: OwnLabels;
  /** Another one of this hash. */
  readonly next: KnownSet<Keyed> | undefined;
}

/** Of one hash. */
const MOST_ALIKE = 8;
const MOST_LABELS = 64;

/** Of whatever has a key and its labels. */
export class LabelSets<Keyed extends LabelSet> {
  readonly #settings: Pick<Settings, 'profile' | 'config'>;
  readonly #hash: TextHash;
  readonly #keys: LabelKeys;
  readonly #namespaces: LabelsOfNamespaces;
  readonly #lists = new KeyLists();
  readonly #byHash = new Map<number, KnownSet<Keyed>>();
  readonly #asked: AskedLabels;
  #lastFound: Keyed | undefined;

  /** `hash`: by default one that nobody knows. */
  constructor(settings: Pick<Settings, 'profile' | 'config'>, filter: LabelFilter, hash: TextHash = secretHash()) {
    this.#settings = settings;
    this.#hash = hash;
    this.#keys = new LabelKeys(settings, filter, hash);
    this.#namespaces = new LabelsOfNamespaces(settings, filter, hash);
    this.#asked = new AskedLabels(hash);
  }

  /** What was found last, if it is there yet: who asks for the key of a pod asks next who has it. */
  get lastFound(): Keyed | undefined {
    return this.#lastFound;
  }

  /** A key that was not there. */
  add(keyed: Keyed): void {
    const { labels } = keyed;
    const own = ownOf(labels);
    if (labels.length > MOST_LABELS || !own.every((label) => this.#isOfPods(label))) return;
    if (own.some((label) => valueOf(label).length > LONGEST_VALUE)) return;
    if (!hasKey(labels, this.#settings.config)) return;
    const given = this.#namespaces.hold(labels.filter(isGiven));
    const hash = this.#hashOf(own, given);
    const next = this.#byHash.get(hash);
    if (lengthOf(next) === MOST_ALIKE) {
      this.#namespaces.release(given);
      return;
    }
    for (const label of own) if (isWritten(label)) this.#keys.hold(label.key);
    const keys = this.#lists.hold(own.map((label) => this.#keyOf(label)));
    const values = joinedValues(own.map(valueOf));
    this.#byHash.set(hash, { keyed, given, own: { keys, values }, next });
  }

  delete(keyed: Keyed): void {
    if (this.#lastFound === keyed) this.#lastFound = undefined;
    const { labels } = keyed;
    const given = this.#namespaces.known(labels.filter(isGiven));
    const own = ownOf(labels);
    const hash = this.#hashOf(own, given);
    const first = this.#byHash.get(hash);
    let gone = first;
    while (gone !== undefined && gone.keyed !== keyed) gone = gone.next;
    if (gone === undefined) return;
    const left = without(first, keyed);
    if (left === undefined) this.#byHash.delete(hash);
    else this.#byHash.set(hash, left);
    this.#namespaces.release(gone.given);
    this.#lists.release(gone.own.keys);
    for (const label of own) if (isWritten(label)) this.#keys.release(label.key);
  }

  /** undefined: no known key, or one that podIdentity alone can tell. */
  find({ labels, serviceAccountName, ports }: PodShape, namespace: NamespaceShape): Keyed | undefined {
    if (Math.max(labels.size, ports.length) > MOST_LABELS || !this.#ask(labels)) return undefined;
    if (serviceAccountName !== '') this.#asked.add(this.#keys.account, serviceAccountName);
    this.#askForPorts(ports);
    let set = this.#byHash.get((this.#asked.hash + this.#namespaces.of(namespace).hash) | 0);
    while (set !== undefined && !(this.#asked.isSame(set.own) && this.#namespaces.isGiven(set.given, namespace))) {
      set = set.next;
    }
    if (set !== undefined) this.#lastFound = set.keyed;
    return set?.keyed;
  }

  /** Whether each is one of the identity under its own key, or none. */
  #ask(labels: Labels): boolean {
    this.#asked.clear();
    for (const [key, value] of labels) {
      const known = this.#keys.of(key);
      if (known.kind === 'unusual') return false;
      this.#asked.add(known, value);
    }
    return true;
  }

  #askForPorts(ports: readonly ContainerPort[]): void {
    if (!this.#settings.profile.namedPortsLabel || !hasNames(ports)) return;
    for (const label of namedPortsLabels(ports)) this.#asked.add(this.#keys.ports, textOf(label));
  }

  /** The same as of a pod that has them. */
  #hashOf(own: readonly Label[], given: GivenLabels): number {
    return own.reduce((sum, label) => (sum + this.#hash(valueOf(label), this.#keyOf(label).hash)) | 0, given.hash);
  }

  #keyOf({ source, key }: Label): LabelKey {
    if (source === GENERATED_SOURCE) return this.#keys.ports;
    return key === SERVICE_ACCOUNT_KEY ? this.#keys.account : this.#keys.of(key);
  }

  /** Whether a pod can have it: agents with another filter made identities, too. */
  #isOfPods(label: Label): boolean {
    if (label.source !== 'k8s' && label.source !== GENERATED_SOURCE) return false;
    return this.#keyOf(label).kind === 'kept';
  }
}

/** Of a pod's own labels, one with a key that somebody wrote. */
function isWritten(label: Label): boolean {
  return label.source === 'k8s' && label.key !== SERVICE_ACCOUNT_KEY;
}

/** All but those that a pod has from its namespace, in the order in which a pod is asked for them. */
function ownOf(labels: LabelArray): readonly Label[] {
  const own = labels.filter((label) => !isGiven(label));
  return [...own.filter(isWritten), ...own.filter((label) => !isWritten(label))];
}

/** What is asked for under the key of the label. */
function valueOf(label: Label): string {
  return label.source === GENERATED_SOURCE ? textOf(label) : label.value;
}

function textOf({ key, value }: Label): string {
  return `${key}=${value}`;
}

function isGiven({ source, key }: Label): boolean {
  return source === 'k8s' && isOfNamespace(key);
}

function hasNames(ports: readonly ContainerPort[]): boolean {
  for (const { name } of ports) if (name !== '') return true;
  return false;
}

function lengthOf<Keyed>(first: KnownSet<Keyed> | undefined): number {
  let length = 0;
  for (let set = first; set !== undefined; set = set.next) length += 1;
  return length;
}

function without<Keyed>(first: KnownSet<Keyed> | undefined, keyed: Keyed): KnownSet<Keyed> | undefined {
  if (first === undefined || first.keyed === keyed) return first?.next;
  return { ...first, next: without(first.next, keyed) };
}
