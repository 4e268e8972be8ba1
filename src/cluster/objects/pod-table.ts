/**
 * The pods of the model as rows of columns: two hundred thousand of them take tens of megabytes.
 *
 * A pod is made anew for each who asks. Its row is its own as long as it is there, so that others keep columns of their own about
 * pods, and what follows from its traits alone can be kept once for all pods that have them.
 * Invariant: a pod reads as it was set last.
 * Cost: O(labels + ports) for a pod that comes or is asked for; its row O(1).
 */
import { getOrMake } from '../../cilium/get-or-make.ts';
import type { AgentFacts, Pod } from '../../cilium/objects.ts';
import { byteColumn, floatColumn, numberColumn } from '../columns/column.ts';
import { RowNumbers } from '../columns/row-numbers.ts';
import { TextPool } from '../columns/text-pool.ts';
import { PodTraits, type Traits } from './pod-traits.ts';

/** Of a pod, for as long as it is there. */
export type PodRow = number;

export class PodTable {
  readonly #rows = new RowNumbers();
  readonly #byName = new Map<string, Map<string, PodRow>>();
  readonly #traits = new PodTraits();
  readonly #nodeNames = new TextPool();
  readonly #names: string[] = [];
  readonly #uids: string[] = [];
  readonly #traitsOf = numberColumn();
  readonly #nodeOf = numberColumn();
  /** NaN: not told. */
  readonly #created = floatColumn();
  readonly #terminating = byteColumn();
  /** Of the pods of agents. */
  readonly #agents = new Map<PodRow, AgentFacts>();

  get size(): number {
    return this.#rows.size;
  }

  rowOf(namespace: string, name: string): PodRow | undefined {
    return this.#byName.get(namespace)?.get(name);
  }

  rowsIn(namespace: string): Iterable<PodRow> {
    return this.#byName.get(namespace)?.values() ?? [];
  }

  namespaces(): Iterable<string> {
    return this.#byName.keys();
  }

  *rows(): Iterable<PodRow> {
    for (const rows of this.#byName.values()) yield* rows.values();
  }

  at(row: PodRow): Pod {
    const created = this.#created.at(row);
    const agent = this.#agents.get(row);
    return {
      kind: 'Pod',
      name: this.#names[row] ?? '',
      uid: this.#uids[row] ?? '',
      terminating: this.#terminating.at(row) === 1,
      ...(Number.isNaN(created) ? {} : { created }),
      ...this.#traits.at(this.#traitsOf.at(row)),
      nodeName: this.#nodeNames.at(this.#nodeOf.at(row)),
      ...(agent === undefined ? {} : { agent }),
    };
  }

  /** Number of its traits: a pod of other traits has another, as long as this one is there. */
  traitsOf(row: PodRow): number {
    return this.#traitsOf.at(row);
  }

  traits(number: number): Traits {
    return this.#traits.at(number);
  }

  nameOf(row: PodRow): string {
    return this.#names[row] ?? '';
  }

  /** In place of the one that has its name. */
  set(pod: Pod): PodRow {
    const names = getOrMake(this.#byName, pod.namespace, () => new Map<string, PodRow>());
    const known = names.get(pod.name);
    const row = known ?? this.#rows.take();
    const [traits, node] = [this.#traits.hold(pod), this.#nodeNames.hold(pod.nodeName)];
    if (known === undefined) names.set(pod.name, row);
    else this.#release(row);
    this.#write(row, pod);
    this.#traitsOf.set(row, traits);
    this.#nodeOf.set(row, node);
    return row;
  }

  delete(namespace: string, name: string): void {
    const names = this.#byName.get(namespace);
    const row = names?.get(name);
    if (names === undefined || row === undefined) return;
    names.delete(name);
    if (names.size === 0) this.#byName.delete(namespace);
    this.#release(row);
    [this.#names[row], this.#uids[row]] = ['', ''];
    this.#rows.free(row);
  }

  #write(row: PodRow, { name, uid, created, terminating, agent }: Pod): void {
    this.#names[row] = name;
    this.#uids[row] = uid;
    this.#created.set(row, created ?? NaN);
    this.#terminating.set(row, Number(terminating));
    if (agent !== undefined) this.#agents.set(row, agent);
  }

  #release(row: PodRow): void {
    this.#traits.release(this.#traitsOf.at(row));
    this.#nodeNames.release(this.#nodeOf.at(row));
    this.#agents.delete(row);
  }
}
