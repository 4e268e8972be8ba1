/**
 * When long work lets other requests run: after every few milliseconds of it.
 */
import { setImmediate } from 'node:timers/promises';
import type { Clock } from './deadline.ts';

const SLICE_MS = 4;

/** For `runGivingWay`: a promise when a slice is used up, else undefined. */
export function givingWay(clock: Clock): () => Promise<void> | undefined {
  let sliceEnd = clock() + SLICE_MS;
  return () => {
    if (clock() < sliceEnd) return undefined;
    return setImmediate().then(() => {
      sliceEnd = clock() + SLICE_MS;
    });
  };
}
