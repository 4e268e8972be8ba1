/**
 * The sum of what was added within the last seconds.
 *
 * Kept by the second, so that it is bounded however much is added. Cost: O(seconds).
 */
import type { Clock } from '../../cluster/clock.ts';

const SECOND_MS = 1_000;

export class ExpiringSum {
  readonly #clock: Clock;
  readonly #seconds: number;
  readonly #amounts = new Map<number, number>();

  constructor(clock: Clock, seconds: number) {
    this.#clock = clock;
    this.#seconds = seconds;
  }

  add(amount: number): void {
    const second = this.#expire();
    this.#amounts.set(second, (this.#amounts.get(second) ?? 0) + amount);
  }

  get total(): number {
    this.#expire();
    let total = 0;
    for (const amount of this.#amounts.values()) total += amount;
    return total;
  }

  /** Which second it is. */
  #expire(): number {
    const now = Math.floor(this.#clock() / SECOND_MS);
    for (const second of this.#amounts.keys()) if (second <= now - this.#seconds) this.#amounts.delete(second);
    return now;
  }
}
