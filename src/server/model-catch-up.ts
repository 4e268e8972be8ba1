/**
 * What the first review would wait for is done before it comes: every identity is in its policy class, and every class bounded.
 *
 * In slices, so that reviews are answered and events applied meanwhile. Nothing depends on it but time: a review that comes before
 * it is done does the rest itself.
 * Invariant: one run at a time; one that was begun anew, or stopped, leaves the rest of the former.
 */
import { WorkSlices } from '../kubernetes/watch/work-slices.ts';
import type { Clock } from '../cluster/clock.ts';
import type { Model } from './model.ts';

export class ModelCatchUp {
  readonly #model: Model;
  readonly #slices: WorkSlices;
  #run = 0;
  /** The run that is over. */
  #done: number | undefined;

  constructor(model: Model, clock: Clock) {
    this.#model = model;
    this.#slices = new WorkSlices(clock);
  }

  /** Once at least, whatever was begun since. */
  get wasDone(): boolean {
    return this.#done !== undefined;
  }

  /** Begins, or begins anew because everything was derived again. */
  async start(): Promise<void> {
    const run = ++this.#run;
    for (const steps = this.#model.store.catchUpSteps(); !(steps.next().done ?? false);) {
      await this.#slices.giveWay();
      if (run !== this.#run) return;
    }
    this.#done = run;
  }

  stop(): void {
    this.#run += 1;
  }
}
