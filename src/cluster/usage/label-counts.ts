/**
 * How many of some label sets have which value under which key.
 *
 * Cost: O(labels) for a label set that comes or goes; a profile O(all values).
 */
import { getOrMake } from '../../cilium/get-or-make.ts';
import type { Label, LabelArray } from '../../cilium/identity/label.ts';

/** Source and value of a label: what is compared under one key. */
export type ValueText = string & { readonly __brand: 'ValueText' };

export function valueText({ source, value }: Pick<Label, 'source' | 'value'>): ValueText {
  return `${source}:${value}` as ValueText;
}

/** What many of the label sets have in common, at the time when it was made. */
export interface LabelProfile {
  /** Of so many label sets. */
  readonly sets: number;
  /** By key, the values that a part of them have each. */
  readonly frequent: ReadonlyMap<string, ReadonlySet<ValueText>>;
  /** By key, the value that more of them have than have none. */
  readonly usual: ReadonlyMap<string, Label>;
}

export const NO_PROFILE: LabelProfile = { sets: 0, frequent: new Map(), usual: new Map() };

/** A value is frequent if no fewer than one in so many have it. */
const FREQUENT = 8;

interface CountedValue {
  readonly label: Label;
  sets: number;
}

interface CountedKey {
  /** Label sets that have the key. */
  holders: number;
  readonly values: Map<ValueText, CountedValue>;
}

export class LabelCounts {
  #sets = 0;
  readonly #keys = new Map<string, CountedKey>();

  get sets(): number {
    return this.#sets;
  }

  add(labels: LabelArray): void {
    this.#sets += 1;
    for (const label of labels) {
      const counted = getOrMake(this.#keys, label.key, (): CountedKey => ({ holders: 0, values: new Map() }));
      counted.holders += 1;
      getOrMake(counted.values, valueText(label), () => ({ label, sets: 0 })).sets += 1;
    }
  }

  remove(labels: LabelArray): void {
    this.#sets -= 1;
    for (const label of labels) {
      const counted = this.#keys.get(label.key);
      const value = counted?.values.get(valueText(label));
      if (counted === undefined || value === undefined) continue;
      counted.holders -= 1;
      value.sets -= 1;
      if (value.sets === 0) counted.values.delete(valueText(label));
      if (counted.holders === 0) this.#keys.delete(label.key);
    }
  }

  /** How many have this label. */
  of(label: Label): number {
    return this.ofValue(label.key, valueText(label));
  }

  ofValue(key: string, text: ValueText): number {
    return this.#keys.get(key)?.values.get(text)?.sets ?? 0;
  }

  /** How many have a label with this key. */
  holders(key: string): number {
    return this.#keys.get(key)?.holders ?? 0;
  }

  /** How many values of this key there are; none is one of them where some have no such label. */
  values(key: string): number {
    const counted = this.#keys.get(key);
    return (counted?.values.size ?? 0) + (this.holders(key) < this.#sets ? 1 : 0);
  }

  profile(): LabelProfile {
    const frequent = new Map<string, ReadonlySet<ValueText>>();
    const usual = new Map<string, Label>();
    for (const [key, { holders, values }] of this.#keys) {
      const often = [...values].filter(([, { sets }]) => sets * FREQUENT >= this.#sets);
      if (often.length === 0) continue;
      frequent.set(key, new Set(often.map(([text]) => text)));
      const [first, ...rest] = often.map(([, value]) => value);
      const most = rest.reduce((best, value) => (value.sets > (best?.sets ?? 0) ? value : best), first);
      if (most !== undefined && most.sets > this.#sets - holders) usual.set(key, most.label);
    }
    return { sets: this.#sets, frequent, usual };
  }
}
