/**
 * One exposition of the metrics for all who ask within a second, and never two being made at one time.
 *
 * Making one counts identities and prints every series, in the thread that judges reviews. So its cost is bounded in time,
 * however many scrapers there are, and a scrape is at most a second old. One that failed is made again for the next who asks.
 */
import type { Clock } from '../cluster/clock.ts';
import type { Metrics } from './metrics.ts';

type Exposition = ReturnType<Metrics['exposition']>;

const SHARED_MS = 1_000;

export function sharedExposition({ exposition }: Pick<Metrics, 'exposition'>, clock: Clock): () => Exposition {
  let shared: Exposition | undefined;
  let endMs = Infinity;
  return () => {
    if (shared !== undefined && clock() < endMs) return shared;
    endMs = Infinity;
    const made = exposition().then(
      (text) => {
        endMs = clock() + SHARED_MS;
        return text;
      },
      (error: unknown) => {
        shared = undefined;
        throw error;
      },
    );
    shared = made;
    return made;
  };
}
