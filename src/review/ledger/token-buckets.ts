/**
 * Token buckets, one for each holder: how much of something a tenant may do in a burst, and how fast it may go on.
 *
 * A holder that took nothing has a full bucket. Invariant: no more holders than `most`; who took longest ago is forgotten first,
 * and begins with a full bucket again.
 * Cost: O(1).
 */
import type { Rate } from '../../checks/facts/ledger.ts';
import type { Clock } from '../../cluster/clock.ts';

interface Level {
  readonly tokens: number;
  readonly atMs: number;
}

const MINUTE_MS = 60_000;

export class TokenBuckets<Holder> {
  readonly #clock: Clock;
  readonly #most: number;
  readonly #levels = new Map<Holder, Level>();

  constructor(clock: Clock, most = 10_000) {
    this.#clock = clock;
    this.#most = most;
  }

  has(holder: Holder, rate: Rate): boolean {
    return this.#tokens(holder, rate) >= 1;
  }

  /** Takes so many, or what there is. */
  take(holder: Holder, rate: Rate, tokens: number): void {
    const left = Math.max(0, this.#tokens(holder, rate) - tokens);
    this.#levels.delete(holder);
    this.#levels.set(holder, { tokens: left, atMs: this.#clock() });
    const [oldest] = this.#levels.size > this.#most ? this.#levels.keys() : [];
    if (oldest !== undefined) this.#levels.delete(oldest);
  }

  #tokens(holder: Holder, { perMinute, burst }: Rate): number {
    const level = this.#levels.get(holder);
    if (level === undefined) return burst;
    return Math.min(burst, level.tokens + ((this.#clock() - level.atMs) * perMinute) / MINUTE_MS);
  }
}
