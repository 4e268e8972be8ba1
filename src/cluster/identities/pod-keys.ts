/**
 * Which pod has which key under one settings epoch, and what it tells of its ports: worked out once for all pods with the same
 * traits, as labels of pods and of their namespace alone decide it.
 *
 * Invariant: what a row was given last is what it has, until the pod is gone.
 * Cost: O(1) for a pod with traits that another has; else one identity is worked out.
 */
import type { CanonicalKey, LabelArray } from '../../cilium/identity/label.ts';
import { numberColumn } from '../columns/column.ts';
import { RowNumbers } from '../columns/row-numbers.ts';
import type { PodRow, PodTable } from '../objects/pod-table.ts';
import type { Told } from '../ports/port-table.ts';

export interface PodKey {
  /** Absent: it has none, or it is not known. */
  readonly global?: { readonly key: CanonicalKey; readonly labels: LabelArray };
  /** Of its ports. */
  readonly told: Told;
}

export class PodKeys {
  readonly #pods: Pick<PodTable, 'traitsOf' | 'rowsIn'>;
  readonly #rows = new RowNumbers();
  readonly #keys: (PodKey | undefined)[] = [];
  readonly #holds = numberColumn();
  /** Of what is worked out, the traits that it is of. */
  readonly #traitsOf = numberColumn();
  readonly #byTraits = numberColumn();
  readonly #byPod = numberColumn();

  constructor(pods: Pick<PodTable, 'traitsOf' | 'rowsIn'>) {
    this.#pods = pods;
  }

  of(pod: PodRow): PodKey | undefined {
    return this.#keys[this.#byPod.at(pod)];
  }

  /** What the pod has from now on. `work`: out of its traits, where no other pod has them. */
  set(pod: PodRow, work: (traits: number) => PodKey): PodKey {
    const traits = this.#pods.traitsOf(pod);
    const before = this.#byPod.at(pod);
    const number = this.#byTraits.at(traits) || this.#add(traits, work(traits));
    this.#holds.add(number, 1);
    this.#byPod.set(pod, number);
    this.#release(before);
    return this.#keys[number] ?? NOTHING;
  }

  delete(pod: PodRow): void {
    this.#release(this.#byPod.at(pod));
    this.#byPod.set(pod, 0);
  }

  /** What was worked out for pods of a namespace holds for none that is set from now on: its labels are others. */
  forget(namespace: string): void {
    for (const pod of this.#pods.rowsIn(namespace)) this.#byTraits.set(this.#pods.traitsOf(pod), 0);
  }

  #add(traits: number, key: PodKey): number {
    const number = this.#rows.take();
    this.#keys[number] = key;
    this.#traitsOf.set(number, traits);
    this.#byTraits.set(traits, number);
    return number;
  }

  #release(number: number): void {
    if (number === 0 || this.#holds.add(number, -1) > 0) return;
    const traits = this.#traitsOf.at(number);
    if (this.#byTraits.at(traits) === number) this.#byTraits.set(traits, 0);
    this.#keys[number] = undefined;
    this.#rows.free(number);
  }
}

const NOTHING: PodKey = { told: 'no-endpoint' };
