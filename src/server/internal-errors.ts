/**
 * Records that judging a review failed, which is a bug: counts each, logs the first few of a minute with their stacks.
 *
 * A bug that every request meets must not fill the disk of a node with log lines.
 */
import type { Review } from '../kubernetes/admission-review.ts';
import type { Logger } from '../log.ts';
import type { Clock } from './deadline.ts';
import type { Metrics } from './metrics.ts';

const WINDOW_MS = 60_000;
const LOGGED_PER_WINDOW = 10;

export interface InternalErrorsOptions {
  readonly log: Logger;
  readonly metrics: Pick<Metrics, 'internalError'>;
  readonly clock: Clock;
}

export class InternalErrors {
  readonly #options: InternalErrorsOptions;
  #windowEnd = -Infinity;
  #inWindow = 0;

  constructor(options: InternalErrorsOptions) {
    this.#options = options;
  }

  record(error: unknown, { uid, kind, operation, namespace, name }: Review): void {
    const { log, metrics, clock } = this.#options;
    metrics.internalError();
    const now = clock();
    if (now >= this.#windowEnd) this.#startWindow(now);
    this.#inWindow += 1;
    if (this.#inWindow > LOGGED_PER_WINDOW) return;
    log.error('a review is allowed because judging it failed', {
      uid,
      kind: kind.kind,
      operation,
      namespace,
      name,
      error,
    });
  }

  #startWindow(now: number): void {
    const unlogged = this.#inWindow - LOGGED_PER_WINDOW;
    if (unlogged > 0) this.#options.log.error('more reviews failed than were logged', { unlogged });
    this.#windowEnd = now + WINDOW_MS;
    this.#inWindow = 0;
  }
}
