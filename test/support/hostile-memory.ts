/**
 * Whether the memory of a process grows with the number of hostile things that are done to it.
 *
 * Every attack is different: uids, paths, kinds, label keys and bodies are never the same twice, so that whatever keeps
 * something per request shows. Server and clients share this process, so that nothing is hidden in another.
 * Measured is what is reachable after full garbage collections, at the end of each step. What is kept per request makes every
 * step grow by as much; pools and caches that fill up do so in the first steps only. So it is the steps that grow least that
 * count, but for one, since something may be dropped once: the second smallest growth is compared with a limit that is the same
 * for any number of requests: 1.2 kB each with 250 in a step, 31 bytes with 10,000. What runs for the first time leaves tables of
 * types behind, up to 200 kB a step at first.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { pick, seededRandom, type Random } from './hostile-random.ts';
import type { startWebhook } from './http-server.ts';
import { reachableBytes } from './reachable-memory.ts';

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

export const STEP_GROWTH_LIMIT = 300 * 1024;
export const STEPS = 7;
export const REQUESTS = 250 * STEPS;
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
      const bytes = await settledBytes();
      samples.push(bytes);
      onSample(bytes, step * Math.ceil(requests / steps));
    }
    return samples;
  } finally {
    for (const cleanUp of cleanUps.reverse()) await cleanUp();
  }
}

/** What each step added, all but one at least. */
export function stepGrowth(samples: Samples): number {
  const growths = samples.slice(1).map((bytes, index) => bytes - (samples[index] ?? bytes));
  return growths.sort((a, b) => a - b)[1] ?? 0;
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

const SETTLE_MS = 20;
const COLLECTIONS = 3;

/** Waits between collections, for finalizers and closing sockets hold on to memory for some turns of the event loop. */
async function settledBytes(): Promise<number> {
  let bytes = 0;
  for (let collection = 0; collection < COLLECTIONS; collection += 1) {
    await delay(SETTLE_MS);
    bytes = reachableBytes();
  }
  return bytes;
}
