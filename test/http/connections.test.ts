import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent } from 'node:https';
import { connect } from 'node:net';
import { test } from 'node:test';
import { connectRaw, send } from '../support/http-client.ts';
import { answerOf, podRequest, reviewBody } from '../support/http-reviews.ts';
import { sample } from '../support/http-log.ts';
import type { Judge } from '../../src/server/judging/judge-in-time.ts';
import { ALLOW, startWebhook } from '../support/http-server.ts';
import type { TestWebhook } from '../support/http-server.ts';

/** Sends a review of its own and checks that the answer is to this one. */
async function review(webhook: TestWebhook, agent?: false): Promise<{ readonly reused: boolean }> {
  const request = podRequest();
  const response = await send(webhook, { body: reviewBody(request), ...(agent === false && { agent }) });
  assert.equal(answerOf(response).uid, request['uid']);
  return response;
}

test('a connection is used again after a review', async (t) => {
  const webhook = await startWebhook(t);
  assert.equal((await review(webhook)).reused, false);
  assert.equal((await review(webhook)).reused, true);
});

test('what is no review is answered in full, and closes its connection', async (t) => {
  const webhook = await startWebhook(t);
  for (const [code, refused] of [
    [404, { path: '/nowhere', body: 'x'.repeat(4_000_000) }],
    [404, { method: 'GET', path: '/x' }],
    [405, { method: 'GET' }],
    [400, { body: 'hello' }],
    [415, { body: reviewBody(podRequest()), headers: { 'content-type': 'text/plain' } }],
  ] as const) {
    const { status, headers, json } = await send(webhook, refused);
    assert.deepEqual([status, headers.connection], [code, 'close']);
    assert.partialDeepStrictEqual(json, { kind: 'Status', code });
    assert.equal((await review(webhook)).reused, false);
  }
});

test('an idle connection is kept for longer than the 90 s of the API server', async (t) => {
  const webhook = await startWebhook(t);
  const response = await send(webhook, { body: reviewBody(podRequest()) });
  assert.equal(response.headers['keep-alive'], 'timeout=120');
});

test('300 reviews at once on new connections are each answered with their own uid', async (t) => {
  const webhook = await startWebhook(t);
  const answered = await Promise.all(Array.from({ length: 300 }, () => review(webhook, false)));
  assert.equal(answered.filter(({ reused }) => reused).length, 0);
});

test('requests that are sent without waiting are answered in their order', async (t) => {
  const webhook = await startWebhook(t);
  const { socket, received } = await connectRaw(webhook);
  const uids = Array.from({ length: 20 }, (_, index) => `uid-${index}`);
  for (const uid of uids) {
    const body = reviewBody(podRequest({ uid }));
    const connection = uid === uids.at(-1) ? 'close' : 'keep-alive';
    socket.write(
      `POST /validate HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nConnection: ${connection}\r\n`,
    );
    socket.write(`Content-Length: ${body.length}\r\n\r\n${body}`);
  }
  const answered = [...(await received).matchAll(/"uid":"([^"]+)"/g)].map((match) => match[1]);
  assert.deepEqual(answered, uids);
});

const broken: readonly (readonly [name: string, bytes: string, code: number])[] = [
  ['no HTTP at all', 'hello\r\n\r\n', 400],
  ['a head of more than 16 KiB', `POST /validate HTTP/1.1\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
  ['two lengths', 'POST /validate HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n', 400],
  [
    'a length and chunks',
    'POST /validate HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
    400,
  ],
  ['no host', 'POST /validate HTTP/1.1\r\n\r\n', 400],
  [
    'a chunk whose size is no number',
    'POST /validate HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nZ\r\n',
    400,
  ],
];

for (const [name, bytes, code] of broken) {
  test(`${name} is answered with ${code} and the connection closed`, async (t) => {
    const webhook = await startWebhook(t);
    const { socket, received } = await connectRaw(webhook);
    socket.write(bytes);
    assert.match(
      await received,
      new Map([
        [400, /^HTTP\/1\.1 400 /],
        [431, /^HTTP\/1\.1 431 /],
      ]).get(code) ?? /never/,
    );
    await review(webhook);
  });
}

test('plain HTTP and old TLS get no answer, and others are served', async (t) => {
  const webhook = await startWebhook(t);
  const plain = connect(webhook.address.port, '127.0.0.1');
  plain.on('error', () => undefined).write('POST /validate HTTP/1.1\r\nHost: x\r\n\r\n');
  const closed = new Promise((resolve) => plain.once('close', resolve));
  await assert.rejects(send(webhook, { agent: false, tls: { maxVersion: 'TLSv1.1' } }));
  await closed;
  await review(webhook);
});

const HEAD = 'POST /validate HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';

test('beyond the limit a new connection takes the place of the one that has waited longest', async (t) => {
  const webhook = await startWebhook(t, { limits: { maxConnections: 3 } });
  const used = await connectRaw(webhook);
  const slow = await connectRaw(webhook);
  slow.socket.write(`${HEAD}Content-Length: 99\r\n\r\n{`);
  const silent = await connectRaw(webhook);
  const body = reviewBody(podRequest());
  const answered = once(used.socket, 'data');
  used.socket.write(`${HEAD}Content-Length: ${body.length}\r\n\r\n${body}`);
  await answered;

  await connectRaw(webhook);
  assert.equal(await slow.received, '');
  await connectRaw(webhook);
  assert.equal(await silent.received, '');
  await connectRaw(webhook);
  assert.match(await used.received, /^HTTP\/1\.1 200 /);
  assert.equal(await sample(webhook.metrics, 'cilium_bulkhead_connections_displaced_total'), 3);
  const told = webhook.log.lines().filter(({ level }) => level === 'warn');
  assert.equal(told.length, 3);
  assert.match(String(told[0]?.['msg']), /3 connections are open/);
});

test('a connection whose review is being judged keeps its place, and what comes beyond the limit goes', async (t) => {
  const judging = Promise.withResolvers<undefined>();
  const answer = Promise.withResolvers<undefined>();
  const judge: Judge = async () => {
    judging.resolve(undefined);
    await answer.promise;
    return ALLOW;
  };
  const webhook = await startWebhook(t, { judge, limits: { maxConnections: 1 } });
  const reviewed = review(webhook);
  await judging.promise;
  await assert.rejects(connectRaw(webhook));
  answer.resolve(undefined);
  await reviewed;
  await connectRaw(webhook);
});

test('as many connections as there are places, each after a request that is no review, keep nobody out', async (t) => {
  const webhook = await startWebhook(t, { limits: { maxConnections: 20 } });
  const agent = new Agent({ keepAlive: true, ca: webhook.ca });
  t.after(() => agent.destroy());
  await Promise.all(
    Array.from({ length: 40 }, () => send(webhook, { method: 'GET', path: '/x', agent }).catch(() => 0)),
  );
  await Promise.all(Array.from({ length: 19 }, () => connectRaw(webhook)));
  await review(webhook);
});

test('a client that goes away in the middle of a body harms nobody', async (t) => {
  const webhook = await startWebhook(t);
  for (let index = 0; index < 20; index += 1) {
    const { socket, received } = await connectRaw(webhook);
    socket.write('POST /validate HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{');
    socket.destroy();
    await received;
  }
  await review(webhook);
  assert.deepEqual(
    webhook.log.lines().filter((line) => line['level'] === 'error'),
    [],
  );
});

test('an answer says nothing about what it was made with, and is not compressed', async (t) => {
  const webhook = await startWebhook(t);
  const { headers } = await send(webhook, { body: reviewBody(podRequest()) });
  const names = Object.keys(headers).sort();
  assert.deepEqual(names, ['connection', 'content-length', 'content-type', 'date', 'keep-alive']);
});
