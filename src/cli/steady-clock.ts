/**
 * The clock of the process that never goes back.
 */
import { performance } from 'node:perf_hooks';

export const CLOCK = (): number => performance.now();
