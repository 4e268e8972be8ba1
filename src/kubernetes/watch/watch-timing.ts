/**
 * The time of a process, as reflectors on a real cluster take it.
 */
import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import type { ReflectorOptions } from './reflector.ts';

export type WatchTiming = Pick<ReflectorOptions, 'clock' | 'random' | 'wait' | 'silenceMs'>;

export const WATCH_TIMING: WatchTiming = {
  clock: () => performance.now(),
  random: () => Math.random(),
  wait: (ms, signal) => wait(ms, undefined, { signal }).catch(() => undefined),
  // Longer than the minute between two bookmarks, shorter than anybody calls the model out of date.
  silenceMs: 80_000,
};
