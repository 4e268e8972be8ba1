/**
 * Sends many hostile requests to a webhook and measures whether its memory grows with their number.
 *
 *   node test/http/hostile-load.ts [--target=transport|engine] [--requests=100000] [--steps=10] [--seed=7]
 *
 * Every request is different: uids, paths, kinds, label keys and bodies are never the same twice, so that whatever keeps
 * something per request shows. Server and clients share this process, so that nothing is hidden in another.
 * Measured is what is reachable, heap and buffers, after full garbage collections: once after a first step, by which code
 * is compiled and pools are filled, and after each of the others. What is kept per request makes every step grow by as much;
 * what V8 drops once, such as code that is not used any more, shows in one step only. So the median growth of a step is
 * compared with a limit that is the same for any number of requests: with 2,000 in six steps it shows a leak of 1.5 kB per
 * request, with 100,000 one of 30 bytes.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { pick, seededRandom, type Random } from '../support/hostile-random.ts';
import type { startWebhook } from '../support/http-server.ts';

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
const STEPS = 6;
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

const MEGABYTE = 1024 * 1024;

async function main(): Promise<void> {
  const text = (value: string) => ({ type: 'string', default: value }) as const;
  const { values } = parseArgs({
    options: { target: text('transport'), requests: text('2000'), steps: text(String(STEPS)), seed: text('7') },
  });
  const { openEngine } = await import('./hostile-engine.ts');
  const { openTransport } = await import('./hostile-transport.ts');
  const requests = Number(values.requests);
  const samples = await sampleMemory({
    open: values.target === 'engine' ? openEngine : openTransport,
    requests,
    seed: Number(values.seed),
    steps: Number(values.steps),
    onSample: (bytes, sent) => {
      const { rss } = process.memoryUsage();
      process.stderr.write(`${sent} requests: ${megabytes(bytes)} MB reachable, ${megabytes(rss)} MB resident\n`);
    },
  });
  const growth = stepGrowth(samples);
  process.stdout.write(`${JSON.stringify({ requests, samples, growth, limit: STEP_GROWTH_LIMIT })}\n`);
  process.exitCode = growth < STEP_GROWTH_LIMIT ? 0 : 1;
}

function megabytes(bytes: number): string {
  return (bytes / MEGABYTE).toFixed(1);
}

if (import.meta.main) await main();
