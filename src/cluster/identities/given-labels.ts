/**
 * What pods have from their namespace: its part of every key there, worked out once for each version of a namespace.
 *
 * Invariant: of those that some key has there is one for each set of labels, so that they are told apart by a look. A namespace that
 * nobody had asked for keys of may have its own for a while: then the texts are equal.
 * Cost: O(labels) for a namespace, once.
 */
import { getOrMake } from '../../cilium/get-or-make.ts';
import type { LabelFilter } from '../../cilium/identity/label-filter.ts';
import { labelArray, type Label } from '../../cilium/identity/label.ts';
import { podLabels, type NamespaceShape, type PodLabelSettings } from '../../cilium/identity/pod-labels.ts';
import { hashOfLabels, type TextHash } from './label-hash.ts';

export interface GivenLabels {
  /** Of all of them. Absent: some meet in one key, and no key is of them. */
  readonly text: string | undefined;
  readonly hash: number;
}

interface Held {
  readonly given: GivenLabels;
  holds: number;
}

export class LabelsOfNamespaces {
  readonly #settings: PodLabelSettings;
  readonly #filter: LabelFilter;
  readonly #hash: TextHash;
  readonly #held = new Map<string, Held>();
  readonly #byNamespace = new WeakMap<NamespaceShape, GivenLabels>();

  constructor(settings: PodLabelSettings, filter: LabelFilter, hash: TextHash) {
    this.#settings = settings;
    this.#filter = filter;
    this.#hash = hash;
  }

  of(namespace: NamespaceShape): GivenLabels {
    return this.#byNamespace.get(namespace) ?? this.#give(namespace);
  }

  /** Whether a key with `held` is one of pods in this namespace. */
  isGiven(held: GivenLabels, namespace: NamespaceShape): boolean {
    const given = this.of(namespace);
    if (given === held) return true;
    if (given.text === undefined || given.text !== held.text) return false;
    this.#byNamespace.set(namespace, held);
    return true;
  }

  /** Each call wants one `release`. */
  hold(labels: readonly Label[]): GivenLabels {
    const text = textOf(labels);
    const held = getOrMake(this.#held, text, () => ({ given: this.#withText(labels, text), holds: 0 }));
    held.holds += 1;
    return held.given;
  }

  release({ text = '' }: GivenLabels): void {
    const held = this.#held.get(text);
    if (held === undefined) return;
    held.holds -= 1;
    if (held.holds === 0) this.#held.delete(text);
  }

  /** Those that are held, where some key has these. */
  known(labels: readonly Label[]): GivenLabels {
    const text = textOf(labels);
    return this.#held.get(text)?.given ?? this.#withText(labels, text);
  }

  #give(namespace: NamespaceShape): GivenLabels {
    const { labels, undecided } = podLabels(NO_POD, namespace, this.#settings);
    const kept = [...labels.values()].filter((label) => this.#filter.keeps(label));
    const given = undecided.length === 0 ? this.known(kept) : UNDECIDED;
    this.#byNamespace.set(namespace, given);
    return given;
  }

  #withText(labels: readonly Label[], text: string): GivenLabels {
    return { text, hash: hashOfLabels(labels, this.#hash) };
  }
}

const NO_POD = { labels: new Map<string, string>(), serviceAccountName: '' };
const UNDECIDED: GivenLabels = { text: undefined, hash: 0 };

/** JSON, because nothing keeps a file from writing any character anywhere; sorted, as those of a key are. */
function textOf(labels: readonly Label[]): string {
  return JSON.stringify(labelArray(labels).map(({ key, value }) => [key, value]));
}
