/**
 * Long work of several readers, in slices: what they do in one turn of the event loop is bounded for all of them together.
 *
 * Invariant: once a slice is used up everybody waits, and one goes on in each turn. So reviews are answered while a cluster of any
 * size is listed. Waiting are as many as there are readers at most.
 */
import type { Clock } from '../../cluster/clock.ts';

const SLICE_MS = 4;

export class WorkSlices {
  readonly #clock: Clock;
  readonly #waiting: (() => void)[] = [];
  #sinceMs: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#sinceMs = clock();
  }

  /** Between two steps: comes back at once as long as there is time left. */
  async giveWay(): Promise<void> {
    if (this.#waiting.length === 0 && this.#clock() - this.#sinceMs < SLICE_MS) return;
    await new Promise<void>((resolve) => {
      this.#waiting.push(resolve);
      if (this.#waiting.length === 1) setImmediate(() => this.#next());
    });
  }

  #next(): void {
    const goOn = this.#waiting.shift();
    if (this.#waiting.length > 0) setImmediate(() => this.#next());
    this.#sinceMs = this.#clock();
    goOn?.();
  }
}
