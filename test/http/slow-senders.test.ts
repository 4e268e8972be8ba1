import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import { DEFAULT_WEBHOOK_LIMITS } from '../../src/server/webhook-limits.ts';
import { sample } from '../support/http-log.ts';
import { connectRaw, send } from '../support/http-client.ts';
import { answerOf, podRequest, reviewBody } from '../support/http-reviews.ts';
import { startWebhook } from '../support/http-server.ts';

const IMPATIENT = { headersTimeoutMs: 200, requestTimeoutMs: 200, handshakeTimeoutMs: 200 };
const HEAD = 'POST /validate HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';

const senders: readonly (readonly [name: string, bytes: string])[] = [
  ['sends nothing', ''],
  ['sends half a head', 'POST /validate HTTP/1.1\r\nHost: x\r\n'],
  ['sends a head and no body', `${HEAD}Content-Length: 100\r\n\r\n`],
  ['sends half a body', `${HEAD}Content-Length: 100\r\n\r\n{"kind":`],
  ['stops between two chunks', `${HEAD}Transfer-Encoding: chunked\r\n\r\n5\r\n{"kin\r\n`],
];

for (const [name, bytes] of senders) {
  test(`a client that ${name} is answered with 408 and disconnected`, async (t) => {
    const webhook = await startWebhook(t, { limits: IMPATIENT });
    const { socket, received } = await connectRaw(webhook);
    socket.write(bytes);
    const text = await received;
    assert.match(text, /^HTTP\/1\.1 408 /);
    const status = JSON.parse(text.slice(text.indexOf('\r\n\r\n'))) as unknown;
    assert.partialDeepStrictEqual(status, { kind: 'Status', code: 408, reason: 'Timeout' });
    assert.equal(await sample(webhook.metrics, 'cilium_bulkhead_http_errors_total{code="408"}'), 1);
  });
}

test('a client that drips one byte at a time is disconnected all the same', async (t) => {
  const webhook = await startWebhook(t, { limits: IMPATIENT });
  const { socket, received } = await connectRaw(webhook);
  socket.write(`${HEAD}Content-Length: 1000000\r\n\r\n`);
  const dripping = setInterval(() => void socket.write(' '), 20);
  t.after(() => clearInterval(dripping));
  assert.match(await received, /^HTTP\/1\.1 408 /);
});

test('a client that never finishes its TLS handshake is disconnected when the time for it is up', async (t) => {
  const webhook = await startWebhook(t, { limits: IMPATIENT });
  const socket = connect(webhook.address.port, '127.0.0.1');
  socket.on('error', () => undefined);
  const start = performance.now();
  await new Promise((resolve) => socket.once('close', resolve));
  const waitedMs = performance.now() - start;
  assert.ok(waitedMs > IMPATIENT.handshakeTimeoutMs / 2, `cut off after ${waitedMs} ms`);
  assert.ok(waitedMs < DEFAULT_WEBHOOK_LIMITS.handshakeTimeoutMs, `cut off after ${waitedMs} ms only`);
});

test('others are served while a hundred clients are slow', async (t) => {
  const webhook = await startWebhook(t);
  const slow = await Promise.all(Array.from({ length: 100 }, () => connectRaw(webhook)));
  for (const { socket } of slow) socket.write(`${HEAD}Content-Length: 100\r\n\r\n{`);
  const request = podRequest();
  assert.equal(answerOf(await send(webhook, { body: reviewBody(request) })).uid, request['uid']);
  for (const { socket } of slow) socket.destroy();
});
