/**
 * The labels of known keys, each as one object, so that sets of them are compared without looking at their text.
 *
 * Invariant: holds exactly the labels that were taken and not given back; one that is gone stays gone (`users` is 0), and
 * another object stands for the same label when it comes again.
 * Cost: two look-ups for a label.
 */
import { getOrMake } from '../../cilium/get-or-make.ts';
import type { Label } from '../../cilium/identity/label.ts';

export interface KnownLabel {
  readonly label: Label;
  /** Sets are told apart by what these add up to. */
  readonly weight: number;
  users: number;
  /** The question that asked for it last. */
  askedBy: number;
}

/** Labels of Kubernetes that share a key. */
export interface KnownKey<Kind> {
  /** What the key is on a pod. */
  readonly kind: Kind;
  readonly values: Map<string, KnownLabel>;
}

const KUBERNETES = 'k8s';

export class KnownLabels<Kind> {
  readonly #kindOf: (key: string) => Kind;
  readonly #keys = new Map<string, KnownKey<Kind>>();
  /** Those of other sources, by source, key and value. */
  readonly #others = new Map<string, KnownLabel>();
  #made = 0;

  /** `kindOf`: asked once for a key, while labels have it. */
  constructor(kindOf: (key: string) => Kind) {
    this.#kindOf = kindOf;
  }

  /** undefined: no label of Kubernetes has this key. */
  key(key: string): KnownKey<Kind> | undefined {
    return this.#keys.get(key);
  }

  find(label: Label): KnownLabel | undefined {
    if (label.source !== KUBERNETES) return this.#others.get(textOf(label));
    return this.#keys.get(label.key)?.values.get(label.value);
  }

  /** Each call wants one `release`. */
  take(label: Label): KnownLabel {
    const known = this.find(label) ?? this.#add(label);
    known.users += 1;
    return known;
  }

  release(known: KnownLabel): void {
    known.users -= 1;
    if (known.users > 0) return;
    const { label } = known;
    if (label.source !== KUBERNETES) {
      this.#others.delete(textOf(label));
      return;
    }
    const values = this.#keys.get(label.key)?.values;
    values?.delete(label.value);
    if (values?.size === 0) this.#keys.delete(label.key);
  }

  /** As if nobody had asked for any of them. */
  forgetQuestions(): void {
    for (const known of this.#others.values()) known.askedBy = 0;
    for (const { values } of this.#keys.values()) for (const known of values.values()) known.askedBy = 0;
  }

  #add(label: Label): KnownLabel {
    this.#made += 1;
    const known: KnownLabel = { label, weight: spread(this.#made), users: 0, askedBy: 0 };
    if (label.source === KUBERNETES) this.#valuesOf(label.key).set(label.value, known);
    else this.#others.set(textOf(label), known);
    return known;
  }

  #valuesOf(key: string): Map<string, KnownLabel> {
    return getOrMake(this.#keys, key, () => ({ kind: this.#kindOf(key), values: new Map<string, KnownLabel>() }))
      .values;
  }
}

/** JSON, because nothing keeps a file from writing any character anywhere. */
function textOf({ source, key, value }: Label): string {
  return JSON.stringify([source, key, value]);
}

/** Numbers far apart for numbers that are near (the last steps of MurmurHash3). */
function spread(number: number): number {
  let bits = Math.imul(number, 0x9e3779b1);
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}
