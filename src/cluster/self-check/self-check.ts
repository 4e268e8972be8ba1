/**
 * Are the keys that the model predicts those that agents gave? All the time, for each pod whose endpoint is known.
 *
 * Catches forks, configuration of single nodes, a label-prefix-file, agents that have not started again. While agents run with
 * several settings, the key by any of them is right. Agents need a while to follow a relabel: a pod that agreed before counts as
 * different only once it has been so for some minutes, by the clock; what was read from files has none, and counts at once.
 * Invariant: what is counted is what a comparison of all pods would count. Nothing is scanned for a decision.
 * Cost: O(labels) for each event of a pod or an endpoint.
 */
import type { CanonicalKey, LabelArray } from '../../cilium/identity/label.ts';
import type { WallClock } from '../clock.ts';
import { differingKeys } from './differing-keys.ts';
import type { KeyedLabels } from './told-labels.ts';

/** What the model predicts of a pod, and what its agent says. */
export interface SelfCheckSource {
  /** By each of the settings; empty where nothing is known, as of a pod on the host's network. */
  predicted(name: string): readonly CanonicalKey[];
  /** By the first of the settings. */
  predictedLabels(name: string): LabelArray | undefined;
  /** undefined: no endpoint is known, or not its labels. */
  told(name: string): KeyedLabels | undefined;
}

export interface SelfCheckFigures {
  /** Pods whose endpoints are known. */
  readonly compared: number;
  readonly different: number;
  /** Keys of the labels in which they differ, with how many pods do, most first; ten at most. */
  readonly labelKeys: readonly { readonly key: string; readonly pods: number }[];
}

/** What a view asks. */
export interface SelfCheckLayer {
  /** Whether what is predicted may be acted upon. */
  isTrusted(): boolean;
  figures(): SelfCheckFigures;
}

const ENOUGH_PODS = 20;
const MOST_DIFFERENT_SHARE = 0.01;
const TIME_TO_FOLLOW_MS = 5 * 60_000;
/** Labels of so many different pods are looked at. */
const MOST_LOOKED_AT = 1_000;

export class SelfCheck implements SelfCheckLayer {
  readonly #source: SelfCheckSource;
  readonly #clock: WallClock | undefined;
  readonly #same = new Set<string>();
  readonly #different = new Set<string>();
  /** Agreed before, and differ since this moment; the first to differ first. */
  readonly #following = new Map<string, number>();

  constructor(source: SelfCheckSource, clock: WallClock | undefined) {
    this.#source = source;
    this.#clock = clock;
  }

  isTrusted(): boolean {
    this.#catchUp();
    const compared = this.#same.size + this.#different.size;
    return compared < ENOUGH_PODS || this.#different.size <= MOST_DIFFERENT_SHARE * compared;
  }

  figures(): SelfCheckFigures {
    this.#catchUp();
    const { size } = this.#different;
    return { compared: this.#same.size + size, different: size, labelKeys: this.#labelKeys() };
  }

  /** What is predicted or told of these may be another. */
  touched(names: Iterable<string>): void {
    for (const name of names) this.#compare(name);
  }

  #compare(name: string): void {
    const told = this.#source.told(name);
    const predicted = told === undefined ? [] : this.#source.predicted(name);
    if (told === undefined || predicted.length === 0) {
      this.#forget(name);
    } else if (predicted.includes(told.key)) {
      this.#forget(name);
      this.#same.add(name);
    } else this.#differs(name);
  }

  #differs(name: string): void {
    if (this.#clock !== undefined && this.#same.has(name)) this.#following.set(name, this.#clock());
    this.#same.delete(name);
    if (!this.#following.has(name)) this.#different.add(name);
  }

  #forget(name: string): void {
    this.#same.delete(name);
    this.#different.delete(name);
    this.#following.delete(name);
  }

  /** Those that had time enough. A clock that was put back makes them wait longer. */
  #catchUp(): void {
    if (this.#clock === undefined || this.#following.size === 0) return;
    const latest = this.#clock() - TIME_TO_FOLLOW_MS;
    for (const [name, since] of this.#following) {
      if (since > latest) break;
      this.#following.delete(name);
      this.#different.add(name);
    }
  }

  #labelKeys(): SelfCheckFigures['labelKeys'] {
    const pairs: (readonly [LabelArray, LabelArray])[] = [];
    for (const name of this.#different) {
      if (pairs.length >= MOST_LOOKED_AT) break;
      const predicted = this.#source.predictedLabels(name);
      const told = this.#source.told(name);
      if (predicted !== undefined && told !== undefined) pairs.push([predicted, told.labels]);
    }
    return differingKeys(pairs);
  }
}
