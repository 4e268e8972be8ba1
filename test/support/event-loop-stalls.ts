/**
 * The longest time for which the event loop of this process did not turn.
 *
 * In processor time of this thread besides wall time: on a busy machine the latter says more about the machine.
 */
import { performance } from 'node:perf_hooks';

export interface Stall {
  readonly wallMs: number;
  readonly cpuMs: number;
}

export interface StallWatch {
  /** Ends the watch; the longest stall since it began. */
  readonly stop: () => Stall;
}

export function watchStalls(): StallWatch {
  let longest: Stall = { wallMs: 0, cpuMs: 0 };
  let last = now();
  const look = (): void => {
    const next = now();
    const [wallMs, cpuMs] = [next.wallMs - last.wallMs, next.cpuMs - last.cpuMs];
    longest = { wallMs: Math.max(longest.wallMs, wallMs), cpuMs: Math.max(longest.cpuMs, cpuMs) };
    last = next;
  };
  const timer = setInterval(look, 1);
  return {
    stop: () => {
      clearInterval(timer);
      look();
      return longest;
    },
  };
}

function now(): Stall {
  const { user, system } = process.threadCpuUsage();
  return { wallMs: performance.now(), cpuMs: (user + system) / 1_000 };
}
