/**
 * Sends many hostile requests to a webhook and measures whether its memory grows with their number.
 *
 *   node test/http/hostile-load.ts [--requests=100000] [--seed=7]
 *
 * Every request is different: uids, paths, kinds, label keys and bodies are never the same twice, so that whatever keeps
 * something per request shows. Server and clients share this process, so that nothing is hidden in another.
 * Measured is what is reachable, heap and buffers, after full garbage collections: once after a first step, by which code
 * is compiled and pools are filled, and after each of five more. What is kept per request makes every step grow by as much;
 * what V8 drops once, such as code that is not used any more, shows in one step only. So the median growth of a step is
 * compared with a limit that is the same for any number of requests: with 2,000 it shows a leak of 1.5 kB per request, with
 * 100,000 one of 30 bytes.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Judge } from '../../src/server/judging.ts';
import { connectRaw, send } from '../support/http-client.ts';
import { answerOf, pod, podRequest, reviewBody } from '../support/http-reviews.ts';
import { ALLOW, startWebhook } from '../support/http-server.ts';
import type { TestWebhook } from '../support/http-server.ts';
import { BAD_REQUESTS } from './bad-requests.ts';

export interface HostileLoad {
  readonly requests: number;
  readonly seed: number;
}

/** What is reachable after each step, in bytes. */
export type Samples = readonly number[];

export const STEP_GROWTH_LIMIT = 512 * 1024;
const STEPS = 6;
const CLIENTS = 16;
const LARGEST_ROW = 100_000;

export async function sampleMemory({ requests, seed }: HostileLoad): Promise<Samples> {
  const cleanUps: (() => Promise<void>)[] = [];
  const webhook = await startWebhook(
    { after: (cleanUp) => void cleanUps.push(cleanUp) },
    { judge: moodyJudge, limits: { bodyBytes: 256 * 1024, bodyBudgetBytes: 1024 * 1024 }, logLevel: 'silent' },
  );
  const random = mulberry32(seed);
  const samples: number[] = [];
  try {
    for (let step = 0; step < STEPS; step += 1) {
      await attack(webhook, Math.ceil(requests / STEPS), random);
      samples.push(await reachableBytes());
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

/** Mostly allows; sometimes throws, and sometimes never answers. */
const moodyJudge: Judge = ({ uid }, _deadline, signal) => {
  if (uid.endsWith('0')) throw new Error(`cannot judge ${uid}`);
  if (!uid.endsWith('1')) return Promise.resolve(ALLOW);
  return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
};

type Random = () => number;
type Attack = (webhook: TestWebhook, random: Random) => Promise<unknown>;

async function attack(webhook: TestWebhook, requests: number, random: Random): Promise<void> {
  let left = requests;
  const client = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await pick(ATTACKS, random)(webhook, random);
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
}

const ROWS = BAD_REQUESTS.filter(({ send: { body = '' } }) => body.length < LARGEST_ROW);

const ATTACKS: readonly Attack[] = [
  async (webhook, random) => send(webhook, pick(ROWS, random).send),
  async (webhook, random) => {
    const request = podRequest({
      object: pod({ labels: manyLabels(random) }),
      kind: { group: word(random), version: 'v1', kind: word(random) },
      operation: word(random),
      namespace: word(random),
    });
    const response = await send(webhook, {
      path: `/validate?timeout=20ms&${word(random)}=1`,
      body: reviewBody(request),
    });
    if (answerOf(response).uid !== request['uid']) throw new Error('an answer to another request');
  },
  async (webhook, random) => send(webhook, { path: `/${word(random)}`, headers: { [word(random)]: word(random) } }),
  async (webhook, random) => send(webhook, { body: ' '.repeat(300_000 * random()), agent: false }),
  async (webhook, random) => {
    const { socket, received } = await connectRaw(webhook);
    socket.end(Buffer.from(Array.from({ length: 200 }, () => 256 * random())));
    await received;
  },
  async (webhook, random) => {
    const { socket, received } = await connectRaw(webhook);
    socket.write(
      'POST /validate HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99999\r\n\r\n',
    );
    await new Promise((resolve) => socket.write(word(random).repeat(Math.floor(5_000 * random())), resolve));
    socket.destroy();
    await received;
  },
];

function manyLabels(random: Random): object {
  return Object.fromEntries(Array.from({ length: 100 * random() }, () => [word(random), word(random)]));
}

function word(random: Random): string {
  return `x-${Math.floor(random() * 2 ** 48).toString(36)}`;
}

function pick<Item>(items: readonly Item[], random: Random): Item {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new Error('nothing to pick from');
  return item;
}

/** A small generator with a seed, so that a run can be repeated. */
function mulberry32(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
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

if (import.meta.main) {
  const { values } = parseArgs({
    options: { requests: { type: 'string', default: '2000' }, seed: { type: 'string', default: '7' } },
  });
  const requests = Number(values.requests);
  const samples = await sampleMemory({ requests, seed: Number(values.seed) });
  const growth = stepGrowth(samples);
  process.stdout.write(`${JSON.stringify({ requests, samples, growth, limit: STEP_GROWTH_LIMIT })}\n`);
  process.exitCode = growth < STEP_GROWTH_LIMIT ? 0 : 1;
}
