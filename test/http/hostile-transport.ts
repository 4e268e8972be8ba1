/**
 * Hostile requests to a webhook whose judge is moody: what HTTP, TLS, bodies and envelopes can be made to do.
 */
import type { Judge } from '../../src/server/judging/judge-in-time.ts';
import { below, pick, some, word, type Random } from '../support/hostile-random.ts';
import { connectRaw, send } from '../support/http-client.ts';
import { answerOf, pod, podRequest, reviewBody } from '../support/http-reviews.ts';
import { ALLOW, startWebhook, type TestWebhook } from '../support/http-server.ts';
import { BAD_REQUESTS } from './bad-requests.ts';
import type { OpenTarget } from '../support/hostile-memory.ts';

const LARGEST_ROW = 100_000;
const LONGEST_HANG_MS = 20;
const LIMITS = { bodyBytes: 256 * 1024, bodyBudgetBytes: 1024 * 1024 };

export const openTransport: OpenTarget = async (t) => {
  const webhook = await startWebhook(t, { judge: moodyJudge, limits: LIMITS, logLevel: 'silent' });
  return ATTACKS.map((attack) => (random) => attack(webhook, random));
};

/** Mostly allows; sometimes throws, and sometimes never answers, but not to who would wait for seconds. */
const moodyJudge: Judge = ({ uid }, { timeoutMs }, signal) => {
  if (uid.endsWith('0')) throw new Error(`cannot judge ${uid}`);
  if (!uid.endsWith('1') || timeoutMs > LONGEST_HANG_MS) return Promise.resolve(ALLOW);
  return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
};

const ROWS = BAD_REQUESTS.filter(({ send: { body = '' } }) => body.length < LARGEST_ROW);

type Attack = (webhook: TestWebhook, random: Random) => Promise<unknown>;

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
  async (webhook, random) => send(webhook, { body: ' '.repeat(below(300_000, random)), agent: false }),
  async (webhook, random) => {
    const { socket, received } = await connectRaw(webhook);
    socket.end(Buffer.from(Array.from({ length: 200 }, () => below(256, random))));
    await received;
  },
  async (webhook, random) => {
    const { socket, received } = await connectRaw(webhook);
    socket.write(
      'POST /validate HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99999\r\n\r\n',
    );
    await new Promise((resolve) => socket.write(word(random).repeat(below(5_000, random)), resolve));
    socket.destroy();
    await received;
  },
];

function manyLabels(random: Random): object {
  return Object.fromEntries(some(100, random, () => [word(random), word(random)]));
}
