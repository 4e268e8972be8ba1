/**
 * Whose turn it is: long reviews work in slices of a few milliseconds, one slice in a turn of the event loop.
 *
 * What comes in is read and answered between two slices, however many reviews are long. Of those that wait, the one that has
 * worked least goes on: a short review does not queue behind long ones, and who sends many long ones slows down those alone.
 * Those that are over go on at once, to let go of what they hold.
 * Cost: O(waiting) a slice; the cap on reviews in flight bounds it.
 */
import type { Clock } from '../../cluster/clock.ts';

const SLICE_MS = 4;

export interface Turn {
  /** Asked at each pause: a promise if the slice is used up, else undefined. */
  readonly giveWay: () => Promise<void> | undefined;
  /** In all slices so far, the current one included. */
  readonly workedMs: () => number;
}

interface Waiting {
  readonly workedMs: number;
  readonly isOver: () => boolean;
  readonly goOn: () => void;
}

export class Turns {
  readonly #clock: Clock;
  readonly #waiting = new Set<Waiting>();
  #isScheduled = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** `isOver`: nobody waits for what comes out of it any more. */
  start(isOver: () => boolean): Turn {
    let before = 0;
    let sliceStart = this.#clock();
    const workedMs = (): number => before + this.#clock() - sliceStart;
    return {
      workedMs,
      giveWay: () => {
        if (this.#clock() - sliceStart < SLICE_MS) return undefined;
        before = workedMs();
        return this.#wait(before, isOver).then(() => {
          sliceStart = this.#clock();
        });
      },
    };
  }

  #wait(workedMs: number, isOver: () => boolean): Promise<void> {
    return new Promise((goOn) => {
      this.#waiting.add({ workedMs, isOver, goOn });
      this.#schedule();
    });
  }

  #schedule(): void {
    if (this.#isScheduled || this.#waiting.size === 0) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#next();
      this.#schedule();
    });
  }

  /** Who has come first goes first among equals. */
  #next(): void {
    let least: Waiting | undefined;
    for (const waiting of this.#waiting) {
      if (waiting.isOver()) this.#goOn(waiting);
      else if (least === undefined || waiting.workedMs < least.workedMs) least = waiting;
    }
    if (least !== undefined) this.#goOn(least);
  }

  #goOn(waiting: Waiting): void {
    this.#waiting.delete(waiting);
    waiting.goOn();
  }
}
