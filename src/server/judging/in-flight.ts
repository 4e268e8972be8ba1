/**
 * Whether one more review can be taken, or the server is overloaded.
 *
 * Overloaded: as many reviews as the cap are being judged, or the event loop is so far behind that answers would be late.
 * A review is in flight until its judge is done, even when the deadline has answered it before: what a judge holds in
 * memory is bounded by the cap.
 */
import type { EventLoopLag } from './event-loop-lag.ts';

export interface InFlightOptions {
  readonly cap: number;
  readonly maxLagMs: number;
  readonly lag: Pick<EventLoopLag, 'lagMs'>;
  readonly onChange: (count: number) => void;
}

export class InFlight {
  readonly #options: InFlightOptions;
  #count = 0;

  constructor(options: InFlightOptions) {
    this.#options = options;
  }

  /** Returns how to leave, to be called once; undefined when overloaded. */
  tryEnter(): (() => void) | undefined {
    const { cap, maxLagMs, lag } = this.#options;
    if (this.#count >= cap || lag.lagMs() > maxLagMs) return undefined;
    this.#move(1);
    return () => this.#move(-1);
  }

  #move(step: 1 | -1): void {
    this.#count += step;
    this.#options.onChange(this.#count);
  }
}
