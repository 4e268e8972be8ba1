/**
 * Unused keys that would be one without some labels, and what is counted of them: kept up as keys come and go, so that who
 * asks again looks at none of them.
 *
 * Invariant: a counter that is kept has what counting all of them anew would give.
 * Cost: a counter that is asked for first O(keys), in steps; later a key that comes or goes O(labels) for each of a bounded
 * number of counters, none of which is of more than a few keys.
 */
import type { LabelArray } from '../../cilium/identity/label.ts';
import { Crowding, type CrowdingKeys } from './crowding.ts';
import { LabelCounts } from './label-counts.ts';

interface Counter {
  add(labels: LabelArray): void;
  remove(labels: LabelArray): void;
}

/** What came (1) and went (-1) while a counter was filled. */
interface Meanwhile {
  readonly counter: Counter;
  readonly changes: { readonly labels: LabelArray; readonly sign: 1 | -1 }[];
}

/** All labels of each are looked at: an identity may have thousands. */
const KEYS_PER_PAUSE = 8;
const MOST_COUNTERS = 16;
/** A counter has the values of its keys for each identity: one of more keys is made anew for each who asks. */
const MOST_KEYS = 64;
/** More than that, and who waits has waited long enough: what it counts is of the keys as they were. */
const MOST_CHANGES = 10_000;

export class MergedKeys {
  readonly #labels: () => Iterable<LabelArray>;
  readonly #counts = new Map<string, LabelCounts>();
  /** The one that was asked for last is the last. */
  readonly #crowdings = new Map<string, Crowding>();
  readonly #filling = new Set<Meanwhile>();

  /** `labels`: of the keys as they are. */
  constructor(labels: () => Iterable<LabelArray>) {
    this.#labels = labels;
  }

  labels(): Iterable<LabelArray> {
    return this.#labels();
  }

  /** How many have which label. Yields where the caller may pause, as the next one does. */
  countsSteps(): Generator<undefined, LabelCounts> {
    return this.#counter(this.#counts, '', () => new LabelCounts());
  }

  *crowdingSteps(keys: CrowdingKeys): Generator<undefined, Crowding> {
    if (keys.coarse.length + keys.finer.length > MOST_KEYS) {
      return yield* this.#counter(new Map<string, Crowding>(), '', () => new Crowding(keys));
    }
    const name = JSON.stringify([keys.most, keys.coarse, keys.finer]);
    const crowding = yield* this.#counter(this.#crowdings, name, () => new Crowding(keys));
    if (this.#crowdings.delete(name)) this.#crowdings.set(name, crowding);
    const [first] = this.#crowdings.keys();
    if (this.#crowdings.size > MOST_COUNTERS && first !== undefined) this.#crowdings.delete(first);
    return crowding;
  }

  changed(labels: LabelArray, sign: 1 | -1): void {
    for (const counts of this.#counts.values()) count(counts, labels, sign);
    for (const crowding of this.#crowdings.values()) count(crowding, labels, sign);
    for (const meanwhile of this.#filling) {
      if (meanwhile.changes.push({ labels, sign }) > MOST_CHANGES) this.#filling.delete(meanwhile);
    }
  }

  *#counter<Kind extends Counter>(kept: Map<string, Kind>, name: string, make: () => Kind): Generator<undefined, Kind> {
    const known = kept.get(name);
    if (known !== undefined) return known;
    const counter = make();
    const meanwhile: Meanwhile = { counter, changes: [] };
    this.#filling.add(meanwhile);
    let counted = 0;
    for (const labels of [...this.#labels()]) {
      counter.add(labels);
      if (++counted % KEYS_PER_PAUSE === 0) yield;
    }
    if (!this.#filling.delete(meanwhile)) return counter;
    for (const { labels, sign } of meanwhile.changes) count(counter, labels, sign);
    kept.set(name, counter);
    return counter;
  }
}

function count(counter: Counter, labels: LabelArray, sign: 1 | -1): void {
  if (sign > 0) counter.add(labels);
  else counter.remove(labels);
}
