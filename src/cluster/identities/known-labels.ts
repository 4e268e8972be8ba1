/**
 * Numbers for the labels of known keys, so that sets of them are compared without looking at their text.
 *
 * Invariant: numbers exactly the labels that were taken and not given back. No number comes twice: of a label that comes again it
 * is another one, so that what kept the old one finds nothing with it.
 * Cost: two look-ups for a label, and nothing but them: each may be a wait for memory.
 */
import { changeCount } from '../change-count.ts';
import { getOrMake } from '../../cilium/get-or-make.ts';
import type { Label } from '../../cilium/identity/label.ts';

export type LabelNumber = number;

/** Labels of Kubernetes that share a key. */
export interface KnownKey<Kind> {
  /** What the key is on a pod. */
  readonly kind: Kind;
  readonly values: ReadonlyMap<string, LabelNumber>;
}

interface NumberedKey<Kind> extends KnownKey<Kind> {
  readonly values: Map<string, LabelNumber>;
}

const KUBERNETES = 'k8s';

export class KnownLabels<Kind> {
  readonly #kindOf: (key: string) => Kind;
  readonly #keys = new Map<string, NumberedKey<Kind>>();
  /** What is no label of Kubernetes, by its text. */
  readonly #others = new Map<string, LabelNumber>();
  readonly #users = new Map<LabelNumber, number>();
  #last = 0;

  /** `kindOf`: asked once for a key, while labels have it. */
  constructor(kindOf: (key: string) => Kind) {
    this.#kindOf = kindOf;
  }

  /** undefined: no label of Kubernetes has this key. */
  key(key: string): KnownKey<Kind> | undefined {
    return this.#keys.get(key);
  }

  numberOf(label: Label): LabelNumber | undefined {
    if (label.source !== KUBERNETES) return this.#others.get(textOf([label]));
    return this.#keys.get(label.key)?.values.get(label.value);
  }

  /** Of several labels that only come together. */
  numberOfAll(labels: readonly Label[]): LabelNumber | undefined {
    return this.#others.get(textOf(labels));
  }

  /** Each call wants one `release`. */
  take(label: Label): LabelNumber {
    if (label.source !== KUBERNETES) return this.takeAll([label]);
    const { values } = getOrMake(this.#keys, label.key, () => this.#keyOf(label.key));
    return this.#used(getOrMake(values, label.value, () => this.#next()));
  }

  takeAll(labels: readonly Label[]): LabelNumber {
    return this.#used(getOrMake(this.#others, textOf(labels), () => this.#next()));
  }

  release(label: Label): void {
    if (label.source !== KUBERNETES) {
      this.releaseAll([label]);
      return;
    }
    const values = this.#keys.get(label.key)?.values;
    if (values === undefined || this.#isUsedYet(values.get(label.value))) return;
    values.delete(label.value);
    if (values.size === 0) this.#keys.delete(label.key);
  }

  releaseAll(labels: readonly Label[]): void {
    const text = textOf(labels);
    if (!this.#isUsedYet(this.#others.get(text))) this.#others.delete(text);
  }

  #keyOf(key: string): NumberedKey<Kind> {
    return { kind: this.#kindOf(key), values: new Map<string, LabelNumber>() };
  }

  #next(): LabelNumber {
    this.#last += 1;
    return this.#last;
  }

  #used(number: LabelNumber): LabelNumber {
    changeCount(this.#users, number, 1);
    return number;
  }

  #isUsedYet(number: LabelNumber | undefined): boolean {
    if (number === undefined) return false;
    changeCount(this.#users, number, -1);
    return this.#users.has(number);
  }
}

/** JSON, because nothing keeps a file from writing any character anywhere. */
function textOf(labels: readonly Label[]): string {
  return JSON.stringify(labels.map(({ source, key, value }) => [source, key, value]));
}
