/**
 * How far the event loop is behind: the mean delay of its turns over the last half second.
 *
 * A judge that never waits is never in flight together with another, so that a cap on reviews in flight does not see it
 * fall behind; the lag does.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';

export interface EventLoopLag {
  readonly lagMs: () => number;
  readonly stop: () => void;
}

const RESOLUTION_MS = 20;
const WINDOW_MS = 500;
const NS_PER_MS = 1e6;

export function watchEventLoopLag(): EventLoopLag {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  histogram.enable();
  let lagMs = 0;
  const timer = setInterval(() => {
    // The histogram records whole turns, the idle resolution included. Without a sample the mean is NaN.
    lagMs = Math.max(0, histogram.mean / NS_PER_MS - RESOLUTION_MS) || 0;
    histogram.reset();
  }, WINDOW_MS).unref();
  return {
    lagMs: () => lagMs,
    stop: () => {
      clearInterval(timer);
      histogram.disable();
    },
  };
}
