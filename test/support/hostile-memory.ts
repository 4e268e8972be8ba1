/**
 * Whether the memory of a process grows with the number of hostile things that are done to it.
 *
 * Every attack is different: uids, paths, kinds, label keys and bodies are never the same twice, so that whatever keeps
 * something per request shows. Server and clients share this process, so that nothing is hidden in another.
 * Measured is what is reachable, heap and buffers, after full garbage collections: once after a first step, by which code
 * is compiled and pools are filled, and after each of the others. What is kept per request makes every step grow by as much;
 * what V8 drops once, such as code that is not used any more, shows in one step only. So the median growth of a step is
 * compared with a limit that is the same for any number of requests: with 2,000 in six steps it shows a leak of 1.5 kB per
 * request, with 100,000 one of 30 bytes.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { pick, seededRandom, type Random } from './hostile-random.ts';
import type { startWebhook } from './http-server.ts';

/** One hostile thing to do. */
export type Attack = (random: Random) => Promise<unknown>;

/** Starts what is attacked, and says how. */
export type OpenTarget = (t: Parameters<typeof startWebhook>[0]) => Promise<readonly Attack[]>;

export interface HostileLoad {
  readonly open: OpenTarget;
  readonly requests: number;
  readonly seed: number;
  readonly steps?: number;
  /** Told after each step. */
  readonly onSample?: (bytes: number, requests: number) => void;
}

/** What is reachable after each step, in bytes. */
export type Samples = readonly number[];

export const STEP_GROWTH_LIMIT = 512 * 1024;
export const STEPS = 6;
const CLIENTS = 16;

export async function sampleMemory(load: HostileLoad): Promise<Samples> {
  const { open, requests, steps = STEPS, onSample = () => undefined } = load;
  const cleanUps: (() => Promise<void>)[] = [];
  const random = seededRandom(load.seed);
  const samples: number[] = [];
  try {
    const attacks = await open({ after: (cleanUp) => void cleanUps.push(cleanUp) });
    for (let step = 1; step <= steps; step += 1) {
      await attack(attacks, Math.ceil(requests / steps), random);
      const bytes = await reachableBytes();
      samples.push(bytes);
      onSample(bytes, step * Math.ceil(requests / steps));
    }
    return samples;
  } finally {
    for (const cleanUp of cleanUps.reverse()) await cleanUp();
  }
}

/** The median of what each step added. */
export function stepGrowth(samples: Samples): number {
  const growths = samples.slice(1).map((bytes, index) => bytes - (samples[index] ?? bytes));
  return growths.sort((a, b) => a - b)[Math.floor(growths.length / 2)] ?? 0;
}

async function attack(attacks: readonly Attack[], requests: number, random: Random): Promise<void> {
  let left = requests;
  const client = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await pick(attacks, random)(random);
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;
const SETTLE_MS = 50;
const COLLECTIONS = 4;

/** Waits between collections, for finalizers and closing sockets hold on to memory for some turns of the event loop. */
async function reachableBytes(): Promise<number> {
  for (let collection = 0; collection < COLLECTIONS; collection += 1) {
    await delay(SETTLE_MS);
    collectGarbage();
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
