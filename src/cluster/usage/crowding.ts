/**
 * Label sets in classes by the values of some keys, each class in finer ones by some more: how many are in classes of more than so
 * many finer ones.
 *
 * Cost: O(keys) for a label set that comes or goes; a question O(1).
 */
import { getOrMake } from '../../cilium/get-or-make.ts';
import { labelOf, type LabelArray } from '../../cilium/identity/label.ts';
import { changeCount } from '../change-count.ts';

export interface CrowdingKeys {
  readonly coarse: readonly string[];
  /** Besides those. */
  readonly finer: readonly string[];
  /** A class is crowded that has more finer ones. */
  readonly most: number;
}

interface CoarseClass {
  sets: number;
  /** Label sets by class. */
  readonly finer: Map<string, number>;
}

export class Crowding {
  readonly #keys: CrowdingKeys;
  readonly #classes = new Map<string, CoarseClass>();
  #finer = 0;
  #crowded = 0;

  constructor(keys: CrowdingKeys) {
    this.#keys = keys;
  }

  /** How many finer classes there are. */
  get finer(): number {
    return this.#finer;
  }

  /** Label sets in crowded classes. */
  get crowded(): number {
    return this.#crowded;
  }

  add(labels: LabelArray): void {
    const name = valuesOf(labels, this.#keys.coarse);
    this.#change(
      getOrMake(this.#classes, name, () => ({ sets: 0, finer: new Map() })),
      valuesOf(labels, this.#keys.finer),
      1,
    );
  }

  remove(labels: LabelArray): void {
    const name = valuesOf(labels, this.#keys.coarse);
    const coarse = this.#classes.get(name);
    if (coarse === undefined) return;
    this.#change(coarse, valuesOf(labels, this.#keys.finer), -1);
    if (coarse.sets === 0) this.#classes.delete(name);
  }

  #change(coarse: CoarseClass, name: string, by: 1 | -1): void {
    this.#crowded -= this.#isCrowded(coarse) ? coarse.sets : 0;
    this.#finer -= coarse.finer.size;
    changeCount(coarse.finer, name, by);
    coarse.sets += by;
    this.#finer += coarse.finer.size;
    this.#crowded += this.#isCrowded(coarse) ? coarse.sets : 0;
  }

  #isCrowded({ finer }: CoarseClass): boolean {
    return finer.size > this.#keys.most;
  }
}

/** One string for each combination of values, whatever characters they have; to lack a key is a value of its own. */
function valuesOf(labels: LabelArray, keys: readonly string[]): string {
  let name = '';
  for (const key of keys) {
    const value = labelOf(labels, key)?.value;
    name += value === undefined ? '-' : `${value.length}=${value}`;
  }
  return name;
}
