/**
 * How long to wait before the next try: twice as long after each failure, by chance up to that, and short again after a while of success.
 *
 * With the numbers of client-go's reflector (tools/cache/reflector.go): from 0.8 to 30 s, forgotten after two minutes. Full jitter,
 * so that the replicas of a whole cluster do not come back to a server that starts all at once.
 */
import type { Clock } from '../../cluster/clock.ts';

const FIRST_MS = 800;
const LONGEST_MS = 30_000;
const FORGOTTEN_AFTER_MS = 120_000;

export interface BackoffOptions {
  readonly clock: Clock;
  /** From 0 to below 1. */
  readonly random: () => number;
}

export class Backoff {
  readonly #options: BackoffOptions;
  #nextMs = FIRST_MS;
  #lastMs = -Infinity;

  constructor(options: BackoffOptions) {
    this.#options = options;
  }

  /** After a failure. `atLeastMs`: what the server asked for; it is heard within what would be waited at most. */
  nextMs(atLeastMs = 0): number {
    const { clock, random } = this.#options;
    const now = clock();
    if (now - this.#lastMs > FORGOTTEN_AFTER_MS) this.#nextMs = FIRST_MS;
    const waitMs = Math.max(random() * this.#nextMs, Math.min(atLeastMs, LONGEST_MS));
    this.#nextMs = Math.min(2 * this.#nextMs, LONGEST_MS);
    this.#lastMs = now + waitMs;
    return waitMs;
  }
}
