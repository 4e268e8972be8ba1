/**
 * Stops denying when much too much is denied: then a mistake of ours, or of a configuration, is likelier than that many of theirs.
 *
 * Trips when, of the reviews of the last five minutes, more than 100 and more than a fifth were denied. From then on everything is
 * judged and recorded, and nothing is denied, until somebody acknowledges it or half an hour has passed. Then it counts anew.
 * A dry run is not counted: its denial holds nobody up. Time is taken from a clock that never goes back.
 * Cost: a review O(1); memory for 30 counts.
 */
import type { Logger } from '../../log.ts';
import type { DecisionRules } from '../../review/decision-rules.ts';
import type { Clock } from '../../cluster/clock.ts';
import type { Judge } from './judge-in-time.ts';

export interface AutoTripOptions {
  readonly clock: Clock;
  readonly log: Pick<Logger, 'error' | 'warn'>;
  readonly onTrip: () => void;
}

const SLOT_MS = 10_000;
const SLOTS = 30;
const MORE_DENIED_THAN = 100;
const MORE_THAN_SHARE = 0.2;
const HOLD_MS = 30 * 60_000;

interface Slot {
  number: number;
  reviews: number;
  denied: number;
}

export class AutoTrip {
  readonly #options: AutoTripOptions;
  /** The slot of a moment stands at its number modulo SLOTS; one of an older round is stale. */
  readonly #slots: Slot[] = Array.from({ length: SLOTS }, () => ({ number: -1, reviews: 0, denied: 0 }));
  #trippedAtMs: number | undefined;

  constructor(options: AutoTripOptions) {
    this.#options = options;
  }

  /** Whether nothing may be denied now. */
  isTripped(): boolean {
    if (this.#trippedAtMs === undefined) return false;
    if (this.#options.clock() - this.#trippedAtMs < HOLD_MS) return true;
    this.#end('half an hour has passed');
    return false;
  }

  /** Denies again, from now on; says whether it did not before. */
  acknowledge(): boolean {
    if (!this.isTripped()) return false;
    this.#end('acknowledged');
    return true;
  }

  count(isDenied: boolean): void {
    if (this.isTripped()) return;
    const slot = this.#slotNow();
    slot.reviews += 1;
    if (!isDenied) return;
    slot.denied += 1;
    const { reviews, denied } = this.#lastMinutes(slot.number);
    if (denied > MORE_DENIED_THAN && denied > MORE_THAN_SHARE * reviews) this.#trip({ reviews, denied });
  }

  #slotNow(): Slot {
    const number = Math.floor(this.#options.clock() / SLOT_MS);
    const slot = this.#slots[number % SLOTS];
    if (slot === undefined) throw new Error(`the clock says ${this.#options.clock()}`);
    if (slot.number !== number) Object.assign(slot, { number, reviews: 0, denied: 0 });
    return slot;
  }

  #lastMinutes(now: number): Pick<Slot, 'reviews' | 'denied'> {
    const recent = this.#slots.filter(({ number }) => number > now - SLOTS);
    return {
      reviews: recent.reduce((sum, slot) => sum + slot.reviews, 0),
      denied: recent.reduce((sum, slot) => sum + slot.denied, 0),
    };
  }

  #trip(counts: Pick<Slot, 'reviews' | 'denied'>): void {
    this.#trippedAtMs = this.#options.clock();
    this.#options.onTrip();
    const message = 'too much is denied: from now on it is only recorded, until acknowledged or for half an hour';
    this.#options.log.error(message, { ...counts, inSeconds: (SLOTS * SLOT_MS) / 1000 });
  }

  #end(because: string): void {
    this.#trippedAtMs = undefined;
    for (const slot of this.#slots) slot.number = -1;
    this.#options.log.warn('what is denied is denied again', { because });
  }
}

/** The rules in force: those of the configuration, and nothing denies or warns while it is tripped. */
export function rulesUnder(trip: AutoTrip, rules: DecisionRules): DecisionRules {
  if (rules.maxMode === 'off' || !trip.isTripped()) return rules;
  return { ...rules, maxMode: 'audit' };
}

/** The judge, whose denials are counted; not those that come after their time, as nobody is held up by them. */
export function counted(judge: Judge, trip: AutoTrip): Judge {
  return async (review, deadline, signal) => {
    const answer = await judge(review, deadline, signal);
    if (!review.dryRun) trip.count(!answer.allowed && !signal.aborted);
    return answer;
  };
}
