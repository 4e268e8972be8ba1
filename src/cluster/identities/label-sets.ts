/**
 * Which known key a pod has, found by its labels one by one.
 *
 * A key is some hundred characters, which would have to be sorted, joined and hashed before they are looked up; most pods have
 * a key that is there already.
 * Invariant: what is found is what podIdentity says, for it is of exactly these labels. Nothing is found where two of them meet in
 * one key, and of what has no key that an identity is made for: then podIdentity has to be asked.
 * Cost: two look-ups for each label of the pod, one for each of its namespace. Sets of one weight are told apart one by one; no
 * more than a few of them are kept.
 */
import type { LabelFilter } from '../../cilium/identity/label-filter.ts';
import type { CanonicalKey, Label, LabelArray } from '../../cilium/identity/label.ts';
import { namedPortsLabels } from '../../cilium/identity/named-ports-label.ts';
import { hasKey } from '../../cilium/identity/pod-identity.ts';
import {
  isOfCilium,
  isPlainKey,
  podLabels,
  SERVICE_ACCOUNT_KEY,
  type NamespaceShape,
} from '../../cilium/identity/pod-labels.ts';
import type { ContainerPort, Labels, PodShape } from '../../cilium/objects.ts';
import type { Settings } from '../settings.ts';
import { KnownLabels, type KnownLabel } from './known-labels.ts';

export interface LabelSet {
  readonly key: CanonicalKey;
  readonly labels: LabelArray;
}

interface KnownSet extends LabelSet {
  readonly members: readonly KnownLabel[];
}

/** `unusual`: as a label of a pod it is not one of its identity under its own key. */
type KeyKind = 'kept' | 'dropped' | 'unusual';

interface GivenLabel {
  readonly label: Label;
  /** As it was found last; it may be gone. */
  known: KnownLabel | undefined;
}

interface GivenLabels {
  /** undefined: some meet in one key. */
  readonly labels: readonly GivenLabel[] | undefined;
}

/** Of one weight. */
const MOST_ALIKE = 8;
/** Then questions are counted anew. */
const LAST_QUESTION = 2 ** 30;

export class LabelSets {
  readonly #settings: Pick<Settings, 'profile' | 'config'>;
  readonly #filter: LabelFilter;
  readonly #known: KnownLabels<KeyKind>;
  readonly #byWeight = new Map<number, KnownSet[]>();
  /** What pods get from a namespace. */
  readonly #given = new WeakMap<NamespaceShape, GivenLabels>();
  readonly #keepsServiceAccount: boolean;
  #question = 0;
  /** Of the labels that were asked for in this question. */
  #weight = 0;
  #count = 0;

  constructor(settings: Pick<Settings, 'profile' | 'config'>, filter: LabelFilter) {
    this.#settings = settings;
    this.#filter = filter;
    this.#known = new KnownLabels((key) => this.#kindOf(key));
    this.#keepsServiceAccount = this.#keeps(SERVICE_ACCOUNT_KEY);
  }

  /** A key that was not there. */
  add(key: CanonicalKey, labels: LabelArray): void {
    if (!hasKey(labels, this.#settings.config)) return;
    const members = labels.map((label) => this.#known.take(label));
    const weight = weightOf(members);
    const alike = this.#byWeight.get(weight);
    if (alike === undefined) this.#byWeight.set(weight, [{ key, labels, members }]);
    else if (alike.length < MOST_ALIKE) alike.push({ key, labels, members });
    else for (const member of members) this.#known.release(member);
  }

  delete(key: CanonicalKey, labels: LabelArray): void {
    const members = labels.map((label) => this.#known.find(label));
    if (!members.every((member) => member !== undefined)) return;
    const weight = weightOf(members);
    const alike = this.#byWeight.get(weight);
    const at = alike?.findIndex((set) => set.key === key) ?? -1;
    if (alike === undefined || at < 0) return;
    alike.splice(at, 1);
    if (alike.length === 0) this.#byWeight.delete(weight);
    for (const member of members) this.#known.release(member);
  }

  /** undefined: no known key, or one that podIdentity alone can tell. */
  find({ labels, serviceAccountName, ports }: PodShape, namespace: NamespaceShape): LabelSet | undefined {
    this.#begin();
    const isAsked =
      this.#askForNamespace(namespace) &&
      this.#askForLabels(labels) &&
      this.#askForAccount(serviceAccountName) &&
      this.#askForPorts(ports);
    return isAsked ? this.#byWeight.get(this.#weight)?.find((set) => this.#isAsked(set)) : undefined;
  }

  #begin(): void {
    if (this.#question === LAST_QUESTION) {
      this.#known.forgetQuestions();
      this.#question = 0;
    }
    this.#question += 1;
    this.#weight = 0;
    this.#count = 0;
  }

  #askForNamespace(namespace: NamespaceShape): boolean {
    const { labels } = this.#given.get(namespace) ?? this.#give(namespace);
    if (labels === undefined) return false;
    for (const one of labels) {
      if (one.known === undefined || one.known.users === 0) one.known = this.#known.find(one.label);
      if (!this.#ask(one.known)) return false;
    }
    return true;
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
    if (!this.#settings.profile.namedPortsLabel || ports.every(({ name }) => name === '')) return true;
    return namedPortsLabels(ports).every((label) => this.#ask(this.#known.find(label)));
  }

  /** Whether some key has the label. */
  #ask(known: KnownLabel | undefined): boolean {
    if (known === undefined) return false;
    known.askedBy = this.#question;
    this.#weight = (this.#weight + known.weight) | 0;
    this.#count += 1;
    return true;
  }

  #isAsked({ members }: KnownSet): boolean {
    return members.length === this.#count && members.every(({ askedBy }) => askedBy === this.#question);
  }

  #give(namespace: NamespaceShape): GivenLabels {
    const candidates = podLabels(NO_POD, namespace, this.#settings);
    const kept = [...candidates.labels.values()].filter((label) => this.#filter.keeps(label));
    const labels = kept.map((label) => ({ label, known: undefined }));
    const given = { labels: candidates.undecided.length > 0 ? undefined : labels };
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

function weightOf(members: readonly KnownLabel[]): number {
  return members.reduce((sum, { weight }) => (sum + weight) | 0, 0);
}
