/**
 * Which known key a pod has, found by its labels one by one.
 *
 * A key is some hundred characters, which would have to be sorted, joined and hashed before they are looked up; most pods have
 * a key that is there already. What pods have from their namespace counts as one label, looked up once for each version of it.
 * Invariant: what is found is what podIdentity says, for it is of exactly these labels. Nothing is found where two of them meet in
 * one key, of what has no key that an identity is made for, and of unusually many labels: then podIdentity has to be asked.
 * Cost: two look-ups for each label of the pod. Sets of one weight are told apart one by one; no more than a few are kept.
 */
import type { LabelFilter } from '../../cilium/identity/label-filter.ts';
import { labelArray, type CanonicalKey, type Label, type LabelArray } from '../../cilium/identity/label.ts';
import { namedPortsLabels } from '../../cilium/identity/named-ports-label.ts';
import { hasKey } from '../../cilium/identity/pod-identity.ts';
import {
  isOfCilium,
  isOfNamespace,
  isPlainKey,
  podLabels,
  SERVICE_ACCOUNT_KEY,
  type NamespaceShape,
} from '../../cilium/identity/pod-labels.ts';
import type { ContainerPort, Labels, PodShape } from '../../cilium/objects.ts';
import type { Settings } from '../settings.ts';
import { KnownLabels, type LabelNumber } from './known-labels.ts';

export interface LabelSet {
  readonly key: CanonicalKey;
  readonly labels: LabelArray;
}

interface KnownSet<Keyed> {
  readonly keyed: Keyed;
  readonly members: readonly LabelNumber[];
  /** Another one of this weight. */
  readonly next: KnownSet<Keyed> | undefined;
}

/** `unusual`: as a label of a pod it is not one of its identity under its own key. */
type KeyKind = 'kept' | 'dropped' | 'unusual';

/** What pods get from a namespace. */
interface GivenLabels {
  /** undefined: some meet in one key, or they are too many. */
  readonly labels: LabelArray | undefined;
  /** Of all of them, as it was when so many had come and gone. */
  number: LabelNumber | undefined;
  asOf: number;
}

/** Of one weight. */
const MOST_ALIKE = 8;
const MOST_LABELS = 64;

/** Of whatever has a key and its labels. */
export class LabelSets<Keyed extends LabelSet> {
  readonly #settings: Pick<Settings, 'profile' | 'config'>;
  readonly #filter: LabelFilter;
  readonly #known: KnownLabels<KeyKind>;
  readonly #byWeight = new Map<number, KnownSet<Keyed>>();
  readonly #given = new WeakMap<NamespaceShape, GivenLabels>();
  /** How often the labels that a namespace gives got a number, or lost it. */
  #givenChanges = 0;
  readonly #keepsServiceAccount: boolean;
  /** Of the labels that are asked for now. */
  readonly #asked = new Int32Array(MOST_LABELS);
  #weight = 0;
  #count = 0;
  #lastFound: Keyed | undefined;

  constructor(settings: Pick<Settings, 'profile' | 'config'>, filter: LabelFilter) {
    this.#settings = settings;
    this.#filter = filter;
    this.#known = new KnownLabels((key) => this.#kindOf(key));
    this.#keepsServiceAccount = this.#keeps(SERVICE_ACCOUNT_KEY);
  }

  /** What was found last, if it is there yet: who asks for the key of a pod asks next who has it. */
  get lastFound(): Keyed | undefined {
    return this.#lastFound;
  }

  /** A key that was not there. */
  add(keyed: Keyed): void {
    const { labels } = keyed;
    if (labels.length > MOST_LABELS || !hasKey(labels, this.#settings.config)) return;
    const { given, own } = parted(labels);
    if (this.#known.numberOfAll(given) === undefined) this.#givenChanges += 1;
    const first = this.#known.takeAll(given);
    // A copy takes no more room than there are numbers.
    const members = [first, ...own.map((label) => this.#known.take(label))].slice();
    const weight = weightOf(members);
    const next = this.#byWeight.get(weight);
    if (lengthOf(next) < MOST_ALIKE) this.#byWeight.set(weight, { keyed, members, next });
    else this.#release(labels);
  }

  delete(keyed: Keyed): void {
    const { labels } = keyed;
    if (this.#lastFound === keyed) this.#lastFound = undefined;
    const { given, own } = parted(labels);
    const members = [this.#known.numberOfAll(given), ...own.map((label) => this.#known.numberOf(label))];
    if (!members.every((member) => member !== undefined)) return;
    const weight = weightOf(members);
    const first = this.#byWeight.get(weight);
    const left = without(first, keyed);
    if (lengthOf(left) === lengthOf(first)) return;
    if (left === undefined) this.#byWeight.delete(weight);
    else this.#byWeight.set(weight, left);
    this.#release(labels);
  }

  /** undefined: no known key, or one that podIdentity alone can tell. */
  find({ labels, serviceAccountName, ports }: PodShape, namespace: NamespaceShape): Keyed | undefined {
    this.#weight = 0;
    this.#count = 0;
    const isAsked =
      labels.size < MOST_LABELS &&
      this.#ask(this.#numberGivenBy(namespace)) &&
      this.#askForLabels(labels) &&
      this.#askForAccount(serviceAccountName) &&
      this.#askForPorts(ports);
    let set = isAsked ? this.#byWeight.get(this.#weight) : undefined;
    while (set !== undefined && !this.#isAsked(set)) set = set.next;
    if (set !== undefined) this.#lastFound = set.keyed;
    return set?.keyed;
  }

  #release(labels: LabelArray): void {
    const { given, own } = parted(labels);
    this.#known.releaseAll(given);
    for (const label of own) this.#known.release(label);
    if (this.#known.numberOfAll(given) === undefined) this.#givenChanges += 1;
  }

  #numberGivenBy(namespace: NamespaceShape): LabelNumber | undefined {
    const given = this.#given.get(namespace) ?? this.#give(namespace);
    if (given.asOf !== this.#givenChanges) {
      given.number = given.labels === undefined ? undefined : this.#known.numberOfAll(given.labels);
      given.asOf = this.#givenChanges;
    }
    return given.number;
  }

  #askForLabels(labels: Labels): boolean {
    for (const [key, value] of labels) {
      const known = this.#known.key(key);
      const kind = known === undefined ? this.#kindOf(key) : known.kind;
      if (kind === 'dropped') continue;
      if (kind === 'unusual' || !this.#ask(known?.values.get(value))) return false;
    }
    return true;
  }

  #askForAccount(name: string): boolean {
    if (name === '' || !this.#keepsServiceAccount) return true;
    return this.#ask(this.#known.key(SERVICE_ACCOUNT_KEY)?.values.get(name));
  }

  #askForPorts(ports: readonly ContainerPort[]): boolean {
    if (!this.#settings.profile.namedPortsLabel || !hasNames(ports)) return true;
    return namedPortsLabels(ports).every((label) => this.#ask(this.#known.numberOf(label)));
  }

  /** Whether some key has the label, and there is room for it. */
  #ask(number: LabelNumber | undefined): boolean {
    if (number === undefined || this.#count === MOST_LABELS) return false;
    this.#asked[this.#count] = number;
    this.#count += 1;
    this.#weight = (this.#weight + weightOfOne(number)) | 0;
    return true;
  }

  #isAsked({ members }: KnownSet<Keyed>): boolean {
    if (members.length !== this.#count) return false;
    for (let index = 0; index < this.#count; index += 1) {
      if (!members.includes(this.#asked[index] ?? 0)) return false;
    }
    return true;
  }

  #give(namespace: NamespaceShape): GivenLabels {
    const { labels, undecided } = podLabels(NO_POD, namespace, this.#settings);
    const kept = [...labels.values()].filter((label) => this.#filter.keeps(label));
    const isUsual = undecided.length === 0 && kept.length <= MOST_LABELS;
    const given = { labels: isUsual ? labelArray(kept) : undefined, number: undefined, asOf: -1 };
    this.#given.set(namespace, given);
    return given;
  }

  #kindOf(key: string): KeyKind {
    if (isOfCilium(key) || !isPlainKey(key, this.#settings.profile)) return 'unusual';
    return this.#keeps(key) ? 'kept' : 'dropped';
  }

  #keeps(key: string): boolean {
    return this.#filter.keeps({ source: 'k8s', key, value: '' });
  }
}

const NO_POD = { labels: new Map<string, string>(), serviceAccountName: '' };

interface Parted {
  readonly given: readonly Label[];
  readonly own: readonly Label[];
}

function parted(labels: LabelArray): Parted {
  return { given: labels.filter(isGiven), own: labels.filter((label) => !isGiven(label)) };
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

function weightOf(members: readonly LabelNumber[]): number {
  return members.reduce((sum, member) => (sum + weightOfOne(member)) | 0, 0);
}

/** Far apart for numbers that are near (the last steps of MurmurHash3). */
export function weightOfOne(number: LabelNumber): number {
  let bits = Math.imul(number, 0x9e3779b1);
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}
