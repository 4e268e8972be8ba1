/**
 * Since when identities are unused, to the minute, and which of them should have been collected long ago.
 *
 * The operator collects an identity once it was seen unused in two rounds (operator/identitygc): no later than two heartbeat
 * timeouts and one collection interval after its last use. What is there longer is overdue: the collection has stalled.
 * A clock tells the time of each event. Files have none: then nothing is known, and nothing is ever overdue.
 * Invariant: a key is in at most one minute; it is overdue or in a minute, never both.
 * Cost: O(1) for a key; each key that becomes overdue is moved once.
 */
import { getOrMake } from '../../cilium/get-or-make.ts';
import type { CanonicalKey } from '../../cilium/identity/label.ts';
import type { WallClock } from '../clock.ts';

export interface UnusedKey {
  readonly key: CanonicalKey;
  /** Since 1970. */
  readonly minute: number;
}

const MINUTE_MS = 60_000;

export class UnusedSince {
  readonly #clock: WallClock | undefined;
  readonly #minutes = new Map<CanonicalKey, number>();
  readonly #keys = new Map<number, Set<CanonicalKey>>();
  readonly #overdue = new Map<CanonicalKey, number>();

  constructor(clock?: WallClock) {
    this.#clock = clock;
  }

  /** Nobody uses the key from now on; one that is known already keeps its time. */
  start(key: CanonicalKey): void {
    if (this.#clock === undefined || this.#minutes.has(key) || this.#overdue.has(key)) return;
    const minute = Math.floor(this.#clock() / MINUTE_MS);
    this.#minutes.set(key, minute);
    getOrMake(this.#keys, minute, () => new Set<CanonicalKey>()).add(key);
  }

  /** It is used again, or gone. */
  end(key: CanonicalKey): void {
    this.#overdue.delete(key);
    const minute = this.#minutes.get(key);
    if (minute === undefined) return;
    this.#minutes.delete(key);
    const keys = this.#keys.get(minute);
    keys?.delete(key);
    if (keys?.size === 0) this.#keys.delete(minute);
  }

  /** undefined: not known, overdue or in use. */
  minuteOf(key: CanonicalKey): number | undefined {
    return this.#minutes.get(key);
  }

  isOverdue(key: CanonicalKey): boolean {
    return this.#overdue.has(key);
  }

  /** Keys that are overdue from now on, with their minute: nobody has used them for longer than this. */
  takeOverdue(windowMs: number): readonly UnusedKey[] {
    if (this.#clock === undefined || this.#keys.size === 0) return [];
    const last = Math.floor((this.#clock() - windowMs) / MINUTE_MS);
    const taken: UnusedKey[] = [];
    // Minutes come in ascending order, but for a clock that was put back: those wait until the ones before them are due.
    for (const [minute, keys] of this.#keys) {
      if (minute >= last) break;
      this.#keys.delete(minute);
      for (const key of keys) {
        this.#minutes.delete(key);
        this.#overdue.set(key, minute);
        taken.push({ key, minute });
      }
    }
    return taken;
  }

  /** How many are overdue, and for how long the oldest of them is unused. Cost: O(those). */
  overdue(): { readonly identities: number; readonly oldestMinutes: number } {
    const now = Math.floor((this.#clock?.() ?? 0) / MINUTE_MS);
    let oldest = now;
    for (const minute of this.#overdue.values()) oldest = Math.min(oldest, minute);
    return { identities: this.#overdue.size, oldestMinutes: now - oldest };
  }
}

/** When what was last used in this minute is collected at the latest, in milliseconds since 1970. */
export function collectedByMs(minute: number, windowMs: number): number {
  return (minute + 1) * MINUTE_MS + windowMs;
}
