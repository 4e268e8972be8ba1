/**
 * Contributions -> the entries that are left in the policy map.
 *
 * Cilium inserts key by key (insertWithChanges, pkg/policy/mapstate.go), each insert looking for keys that cover the new
 * one or are covered by it. What is left does not depend on the order and has a closed form:
 *
 *   merge by key, the higher precedence winning; drop a key if a key that covers it has a higher precedence, or, where the
 *   key denies, the same; where wildcards are aggregates, also drop a key whose aggregate says the same at the same port,
 *   sends it to the same proxy, and logs it alike.
 *
 * A key covers another if its protocol and port do and its identity is the same or the other's wildcard. So the keys of one
 * identity meet only those of its own and of its wildcard, and a walk over protocols and ports, broad before narrow, needs
 * to remember per identity only the highest precedence on the way down.
 * Cost: O(contributed keys), with four numbers per identity; nothing is sorted but the ports. Ports for which the same is said
 * are merged once: nested prefixes on many ports would cost their square on each.
 */
import { Pace } from '../../pace.ts';
import type { IdentitySlots } from './identity-slots.ts';
import type { Columns, Contribution, MapInputs } from './contributions.ts';
import { coversL4, type L4Key } from './l4-key.ts';
import { MergedColumns } from './merged-columns.ts';
import type { OriginIndex, Origins } from './origin-table.ts';
import { isDeny, type Precedence } from '../precedence.ts';
import { isRepeated, needsLook } from './repeated.ts';

/** Takes what is left, column by column, broad before narrow. */
export interface EntrySink {
  take(slot: number, key: L4Key, precedence: Precedence, origin: OriginIndex): void;
}

export interface DistillOptions {
  readonly slots: IdentitySlots;
  /** The slot of the wildcard of each slot; -1 for a wildcard itself, and where the wildcard has no slot. */
  readonly wildcards: Int32Array;
  /** Wildcards are aggregates: an entry that its aggregate repeats is dropped. */
  readonly aggregates: boolean;
  readonly origins: Origins;
  /** Which of the maps that an agent may make. */
  readonly undecided: NonNullable<MapInputs['undecided']>;
}

/** Work between two pauses: well under a millisecond. */
const STEPS_PER_PAUSE = 8192;

/** At one contribution, whether it is about an identity or its aggregate. */
const STEPS_PER_LOOK = 8;

interface Broader {
  readonly key: L4Key;
  readonly slots: Uint32Array;
  /** What `bound` held for these slots before. */
  readonly before: Uint32Array;
}

/** Yields where the caller may pause. */
export function* distill(columns: Columns, sink: EntrySink, options: DistillOptions): Generator<undefined, void> {
  const walk = new Walk(sink, options);
  const keys = Uint32Array.from(columns.keys()).sort();
  for (const [index, key] of keys.entries()) {
    walk.leave(key);
    const column = columns.get(key) ?? [];
    if (!walk.recall(column)) {
      for (const contribution of column) {
        walk.merge(contribution);
        if (walk.isPauseDue()) yield;
      }
      walk.remember(column);
    }
    yield* walk.emit(key, column);
    const next = keys[index + 1];
    if (next !== undefined && coversL4(key, next)) walk.enter(key);
    walk.clear();
    if (walk.isPauseDue()) yield;
  }
}

class Walk {
  readonly #sink: EntrySink;
  readonly #options: DistillOptions;
  /** Highest precedence of the broader keys that the walk is inside of; 0 for none. */
  readonly #bound: Uint32Array;
  /** Precedence and origin at the current key; 0 for none. */
  readonly #own: Uint32Array;
  readonly #origin: Uint32Array;
  readonly #touched: Uint32Array;
  #count = 0;
  readonly #pace = new Pace(STEPS_PER_PAUSE);
  readonly #merged = new MergedColumns();
  readonly #inside: Broader[] = [];

  constructor(sink: EntrySink, options: DistillOptions) {
    const size = options.slots.ids.length;
    this.#sink = sink;
    this.#options = options;
    this.#bound = new Uint32Array(size);
    this.#own = new Uint32Array(size);
    this.#origin = new Uint32Array(size);
    this.#touched = new Uint32Array(size);
  }

  /** Whether the column says what one before it said, which then stands as it was merged. */
  recall(column: readonly Contribution[]): boolean {
    const merged = this.#merged.find(column);
    if (merged === undefined) return false;
    const { slots, precedences, origins } = merged;
    this.#pace.take(slots.length);
    this.#touched.set(slots);
    this.#count = slots.length;
    for (let index = 0; index < slots.length; index += 1) {
      const slot = slots[index] ?? 0;
      this.#own[slot] = precedences[index] ?? 0;
      this.#origin[slot] = origins[index] ?? 0;
    }
    return true;
  }

  remember(column: readonly Contribution[]): void {
    this.#merged.keep(column, this.#count, () => {
      const slots = this.#touched.slice(0, this.#count);
      const precedences = slots.map((slot) => this.#own[slot] ?? 0);
      const origins = slots.map((slot) => this.#origin[slot] ?? 0);
      this.#pace.take(slots.length);
      return { column, slots, precedences, origins };
    });
  }

  merge({ ids, precedence, origin }: Contribution): void {
    const { slots, origins } = this.#options;
    const set = ids();
    this.#pace.take(set.length + 1);
    for (const id of set) {
      const slot = slots.slotOf(id);
      const own = this.#own[slot] ?? 0;
      if (own === 0) this.#touched[this.#count++] = slot;
      if (precedence > own) {
        this.#own[slot] = precedence;
        this.#origin[slot] = origin;
      } else if (precedence === own) {
        this.#origin[slot] = origins.join(this.#origin[slot] ?? 0, origin);
      }
    }
  }

  /** Yields where the caller may pause: a look at each contribution for each slot is their product. */
  *emit(key: L4Key, column: readonly Contribution[]): Generator<undefined, void> {
    const looked = needsLook(column) ? column : undefined;
    this.#pace.take(this.#count);
    for (let index = 0; index < this.#count; index += 1) {
      const slot = this.#touched[index] ?? 0;
      const precedence = this.#own[slot] ?? 0;
      if (this.#isLeft(slot, precedence, looked)) this.#sink.take(slot, key, precedence, this.#origin[slot] ?? 0);
      if (looked !== undefined && this.#pace.isPauseDue(looked.length * STEPS_PER_LOOK)) yield;
    }
  }

  isPauseDue(): boolean {
    return this.#pace.isPauseDue();
  }

  /** The keys to come are narrower: they are measured against this one too. */
  enter(key: L4Key): void {
    const slots = this.#touched.slice(0, this.#count);
    const before = slots.map((slot) => this.#bound[slot] ?? 0);
    for (const slot of slots) this.#bound[slot] = Math.max(this.#bound[slot] ?? 0, this.#own[slot] ?? 0);
    this.#inside.push({ key, slots, before });
  }

  /** Forgets the broader keys that do not cover this one. */
  leave(key: L4Key): void {
    for (let last = this.#inside.at(-1); last !== undefined; last = this.#inside.at(-1)) {
      if (coversL4(last.key, key)) return;
      const { slots, before } = last;
      for (const [index, slot] of slots.entries()) this.#bound[slot] = before[index] ?? 0;
      this.#inside.pop();
    }
  }

  clear(): void {
    for (const slot of this.#touched.subarray(0, this.#count)) this.#own[slot] = 0;
    this.#count = 0;
  }

  /** `looked`: the column, where entries of one strength may differ. */
  #isLeft(slot: number, precedence: Precedence, looked: readonly Contribution[] | undefined): boolean {
    const { wildcards, aggregates } = this.#options;
    const wildcard = wildcards[slot] ?? -1;
    let strongest = this.#bound[slot] ?? 0;
    if (wildcard >= 0) {
      const same = this.#own[wildcard] ?? 0;
      const isAlike = aggregates && same === precedence;
      if (isAlike && (looked === undefined || this.#isRepeated(slot, precedence, looked))) return false;
      strongest = Math.max(strongest, same, this.#bound[wildcard] ?? 0);
    }
    return strongest < precedence || (strongest === precedence && !isDeny(precedence));
  }

  #isRepeated(slot: number, precedence: Precedence, column: readonly Contribution[]): boolean {
    const { slots, wildcards, undecided } = this.#options;
    const identity = slots.ids[slot] ?? 0;
    const aggregate = slots.ids[wildcards[slot] ?? 0] ?? 0;
    const answer = isRepeated(column, { identity, aggregate, precedence });
    return answer === 'perhaps' ? undecided === 'fewest' : answer === 'yes';
  }
}
