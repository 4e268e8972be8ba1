import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Answer } from '../../src/kubernetes/admission-review.ts';
import type { Judge } from '../../src/server/judging/judge-in-time.ts';
import { connectRaw, send } from '../support/http-client.ts';
import type { HttpResponse } from '../support/http-client.ts';
import { answerOf, podRequest, reviewBody } from '../support/http-reviews.ts';
import { ALLOW, startWebhook } from '../support/http-server.ts';

const BODY = reviewBody(podRequest());
const RAW_REVIEW = `POST /validate HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`;

/** Answers when it is told to. */
function gatedJudge(): { readonly judge: Judge; readonly asked: Promise<unknown>; readonly open: () => void } {
  const asked = Promise.withResolvers<undefined>();
  const gate = Promise.withResolvers<Answer>();
  const judge: Judge = () => {
    asked.resolve(undefined);
    return gate.promise;
  };
  return { judge, asked: asked.promise, open: () => gate.resolve(ALLOW) };
}

test('while draining everything is served, and every answer closes its connection', async (t) => {
  const webhook = await startWebhook(t, { limits: { drainDelayMs: 60_000 } });
  assert.equal((await send(webhook, { body: BODY })).headers.connection, 'keep-alive');
  assert.equal(webhook.server.isServing(), true);
  void webhook.server.drain();
  assert.equal(webhook.server.isServing(), false);
  for (const what of [{ body: BODY }, { body: 'hello' }, { path: '/nowhere' }, { method: 'GET' }]) {
    assert.equal((await send(webhook, what)).headers.connection, 'close');
  }
  const answer = answerOf(await send(webhook, { body: BODY, agent: false }));
  assert.equal(answer.auditAnnotations, undefined);
});

test('an answer that was being made when the drain began closes its connection, too', async (t) => {
  const { judge, asked, open } = gatedJudge();
  const webhook = await startWebhook(t, { judge, limits: { drainDelayMs: 60_000 } });
  const answered = send(webhook, { body: BODY });
  await asked;
  void webhook.server.drain();
  open();
  assert.equal((await answered).headers.connection, 'close');
});

test('after the delay requests in flight are answered, new ones get 503 and Retry-After, and the port is closed', async (t) => {
  const { judge, asked, open } = gatedJudge();
  const webhook = await startWebhook(t, { judge, limits: { drainDelayMs: 0 } });
  const unused = await connectRaw(webhook);
  const answered = send(webhook, { body: BODY, path: '/validate?timeout=30s' });
  await asked;
  const drained = webhook.server.drain();
  await untilRefused(webhook.address.port);
  unused.socket.write(RAW_REVIEW);
  const refused = await unused.received;
  assert.match(refused, /^HTTP\/1\.1 503 /);
  assert.match(refused, /\r\nRetry-After: 1\r\n/);
  assert.match(refused, /\r\nConnection: close\r\n/);
  assert.match(refused, /"kind":"Status"/);
  open();
  assert.equal(answerOf(await answered).allowed, true);
  await drained;
});

test('a drain waits for a review up to its deadline', async (t) => {
  const { judge, asked } = gatedJudge();
  const webhook = await startWebhook(t, { judge, limits: { drainDelayMs: 0 } });
  const answered = send(webhook, { body: BODY, path: '/validate?timeout=1500ms' });
  await asked;
  await webhook.server.drain();
  assert.equal(answerOf(await answered).auditAnnotations?.['reason'], 'deadline');
});

async function untilRefused(port: number): Promise<void> {
  for (;;) {
    const socket = connect(port, '127.0.0.1');
    const outcome = await new Promise((resolve) =>
      socket.once('connect', () => resolve('open')).once('error', resolve),
    );
    socket.destroy();
    if (outcome !== 'open') return;
  }
}

test(
  'a drain does not wait for ever: neither for a judge that hangs nor for connections without a request',
  { timeout: 8_000 },
  async (t) => {
    const { judge, asked } = gatedJudge();
    const webhook = await startWebhook(t, { judge, limits: { drainDelayMs: 0, drainTimeoutMs: 50 } });
    const lost = send(webhook, { body: BODY, path: '/validate?timeout=30s' });
    const unused = await connectRaw(webhook);
    const handshaking = connect(webhook.address.port, '127.0.0.1').on('error', () => undefined);
    await new Promise((resolve) => handshaking.once('connect', resolve));
    await asked;
    await Promise.all([assert.rejects(lost), webhook.server.drain()]);
    await unused.received;
    const [warning] = webhook.log.lines().filter(({ level }) => level === 'warn');
    assert.partialDeepStrictEqual(warning, {
      msg: 'drained: requests that are still in flight are cut off',
      inFlight: 1,
    });
  },
);

test('closing ends a drain, however often it was asked for, and nobody can connect any more', async (t) => {
  const webhook = await startWebhook(t, { limits: { drainDelayMs: 60_000 } });
  const start = performance.now();
  const drains = [webhook.server.drain(), webhook.server.drain()];
  await webhook.server.close();
  await Promise.all(drains);
  assert.ok(performance.now() - start < 30_000, 'well before the delay is over');
  await assert.rejects(send(webhook, { body: BODY }), { code: 'ECONNREFUSED' });
});

test('a drain that is asked for again during its delay is not done before the first', async (t) => {
  const { judge, asked, open } = gatedJudge();
  const webhook = await startWebhook(t, { judge, limits: { drainDelayMs: 0 } });
  const answered = send(webhook, { body: BODY, path: '/validate?timeout=30s' });
  await asked;
  const done: string[] = [];
  const first = webhook.server.drain().then(() => done.push('first'));
  const second = webhook.server.drain().then(() => done.push('second'));
  await untilRefused(webhook.address.port);
  assert.deepEqual(done, []);
  open();
  await Promise.all([answered, first, second]);
  assert.deepEqual(done, ['first', 'second']);
});

test('under load no request is lost that was sent before the delay was half over', async (t) => {
  const judge: Judge = async () => {
    await nextTurn();
    return ALLOW;
  };
  // Half of it is for a busy machine, on which a request can be under way for long.
  const delayMs = 1_200;
  const webhook = await startWebhook(t, { judge, limits: { drainDelayMs: delayMs } });
  let drainedAt = Infinity;
  const early: HttpResponse[] = [];
  let late = 0;
  const client = async (): Promise<void> => {
    for (;;) {
      const isEarly = performance.now() < drainedAt + delayMs / 2;
      try {
        const response = await send(webhook, { body: BODY });
        if (isEarly) early.push(response);
        else late += 1;
      } catch (error) {
        if (isEarly) throw error;
        return;
      }
    }
  };
  const clients = Promise.all(Array.from({ length: 16 }, client));
  while (early.length < 100) await nextTurn();
  drainedAt = performance.now();
  await webhook.server.drain();
  await clients;
  assert.ok(late > 0);
  for (const response of early) assert.equal(answerOf(response).allowed, true);
});

test('the log of a drain says what is still served, what is waited for, and that nothing was lost', async (t) => {
  const { judge, asked, open } = gatedJudge();
  const webhook = await startWebhook(t, { judge, limits: { drainDelayMs: 0, drainTimeoutMs: 30_000 } });
  const answered = send(webhook, { body: BODY, path: '/validate?timeout=30s' });
  await asked;
  const drained = webhook.server.drain();
  await untilRefused(webhook.address.port);
  open();
  await Promise.all([answered, drained]);
  const lines = webhook.log.lines().filter(({ level }) => level === 'info');
  assert.partialDeepStrictEqual(lines, [
    { msg: 'draining: not ready any more, but every request is still answered', delayMs: 0 },
    { msg: 'draining: new requests are refused, those in flight are waited for', inFlight: 1, timeoutMs: 30_000 },
    { msg: 'drained: no request is in flight any more' },
  ]);
});
