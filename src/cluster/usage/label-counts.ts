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

export class LabelCounts {
  #sets = 0;
  readonly #values = new Map<string, Map<ValueText, CountedValue>>();

  get sets(): number {
    return this.#sets;
  }

  add(labels: LabelArray): void {
    this.#sets += 1;
    for (const label of labels) {
      const values = getOrMake(this.#values, label.key, () => new Map<ValueText, CountedValue>());
      getOrMake(values, valueText(label), () => ({ label, sets: 0 })).sets += 1;
    }
  }

  remove(labels: LabelArray): void {
    this.#sets -= 1;
    for (const label of labels) {
      const values = this.#values.get(label.key);
      const counted = values?.get(valueText(label));
      if (values === undefined || counted === undefined) continue;
      counted.sets -= 1;
      if (counted.sets === 0) values.delete(valueText(label));
      if (values.size === 0) this.#values.delete(label.key);
    }
  }

  of(label: Label): number {
    return this.#values.get(label.key)?.get(valueText(label))?.sets ?? 0;
  }

  profile(): LabelProfile {
    const frequent = new Map<string, ReadonlySet<ValueText>>();
    const usual = new Map<string, Label>();
    for (const [key, values] of this.#values) {
      const often = [...values].filter(([, { sets }]) => sets * FREQUENT >= this.#sets);
      if (often.length === 0) continue;
      frequent.set(key, new Set(often.map(([text]) => text)));
      const [first, ...rest] = often.map(([, counted]) => counted);
      const most = rest.reduce((best, counted) => (counted.sets > (best?.sets ?? 0) ? counted : best), first);
      if (most !== undefined && most.sets > this.#sets - this.#holders(values)) usual.set(key, most.label);
    }
    return { sets: this.#sets, frequent, usual };
  }

  #holders(values: ReadonlyMap<ValueText, CountedValue>): number {
    let holders = 0;
    for (const { sets } of values.values()) holders += sets;
    return holders;
  }
}
