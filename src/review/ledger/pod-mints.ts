/**
 * How many identities relabels of one pod minted lately: a loop mints more than anybody does by hand.
 *
 * Invariant: no more pods than `most`, those that were relabelled longest ago forgotten first; of a pod the last few.
 * Cost: O(1).
 */
import type { Clock } from '../../cluster/clock.ts';

export interface PodMintLimits {
  readonly windowMs: number;
  /** Times that are kept of a pod. */
  readonly times: number;
  readonly most: number;
}

export class PodMints {
  readonly #clock: Clock;
  readonly #limits: PodMintLimits;
  readonly #times = new Map<string, readonly number[]>();

  constructor(clock: Clock, limits: PodMintLimits) {
    this.#clock = clock;
    this.#limits = limits;
  }

  of(pod: string): number {
    const since = this.#clock() - this.#limits.windowMs;
    return (this.#times.get(pod) ?? []).filter((time) => time > since).length;
  }

  add(pod: string): void {
    const times = [...(this.#times.get(pod) ?? []), this.#clock()].slice(-this.#limits.times);
    this.#times.delete(pod);
    this.#times.set(pod, times);
    const [oldest] = this.#times.size > this.#limits.most ? this.#times.keys() : [];
    if (oldest !== undefined) this.#times.delete(oldest);
  }
}
