import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { connect } from 'node:tls';
import { connectRaw, send } from '../support/http-client.ts';
import { answerOf, pod, podRequest, reviewBody } from '../support/http-reviews.ts';
import { startWebhook } from '../support/http-server.ts';
import type { TestWebhook } from '../support/http-server.ts';

const LIMIT = 8 * 1024 * 1024;

/** A review of exactly so many bytes. */
function reviewOf(bytes: number): string {
  const request = (padding: string): string =>
    reviewBody(podRequest({ uid: 'large', object: pod({ annotations: { padding } }) }));
  return request('x'.repeat(bytes - request('').length));
}

test('a review of 8 MiB is read', async (t) => {
  const webhook = await startWebhook(t);
  const body = reviewOf(LIMIT);
  assert.equal(body.length, LIMIT);
  assert.equal(answerOf(await send(webhook, { body })).uid, 'large');
});

const HEAD = 'POST /validate HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';

function assertTooLarge(text: string): void {
  const [head = '', body = ''] = text.split('\r\n\r\n');
  assert.match(head, /^HTTP\/1\.1 413 /);
  assert.match(head, /\r\nConnection: close/i);
  const status = JSON.parse(body) as Record<string, unknown>;
  assert.equal(status['reason'], 'RequestEntityTooLarge');
  assert.match(String(status['message']), /8388608 bytes/);
}

test(
  'a client that reads only when it has sent everything still gets to read why it was refused',
  { timeout: 20_000 },
  async (t) => {
    const { address, ca } = await startWebhook(t);
    const socket = connect({ host: address.address, port: address.port, servername: 'localhost', ca });
    await once(socket, 'secureConnect');
    socket.write(`${HEAD}Content-Length: ${2 * LIMIT}\r\n\r\n`);
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject).once('close', () => reject(new Error('cut off while sending')));
      socket.write(Buffer.alloc(2 * LIMIT - 1), () => resolve());
    });
    const [first] = (await once(socket, 'data')) as [Buffer];
    assert.match(first.toString(), /^HTTP\/1\.1 413 /);
    socket.destroy();
  },
);

test('a length that is absurd is refused as too large or as no HTTP', async (t) => {
  const webhook = await startWebhook(t);
  for (const [length, expected] of [
    ['9007199254740993', /^HTTP\/1\.1 413 /],
    ['9'.repeat(30), /^HTTP\/1\.1 400 /],
    ['-1', /^HTTP\/1\.1 400 /],
    ['1e3', /^HTTP\/1\.1 400 /],
  ] as const) {
    assert.match(await exchange(webhook, `${HEAD}Content-Length: ${length}\r\n\r\n`), expected);
  }
});

async function exchange(webhook: TestWebhook, bytes: string): Promise<string> {
  const { socket, received } = await connectRaw(webhook);
  socket.once('data', () => socket.end()).write(bytes);
  return received;
}

/** Each waits until the server has had enough: a second. */
describe('whoever does not stop sending', { concurrency: true }, () => {
  test('a body that declares one byte more is refused before it arrives, and the connection is closed', async (t) => {
    const webhook = await startWebhook(t);
    const { socket, received } = await connectRaw(webhook);
    socket.write(`${HEAD}Content-Length: ${LIMIT + 1}\r\n\r\n`);
    assertTooLarge(await received);
  });

  test('a body that grows beyond 8 MiB without having said so is refused, and the connection is closed', async (t) => {
    const webhook = await startWebhook(t);
    const { socket, received } = await connectRaw(webhook);
    socket.write(`${HEAD}Transfer-Encoding: chunked\r\n\r\n`);
    const chunk = Buffer.concat([Buffer.from('100000\r\n'), Buffer.alloc(0x100000, 0x20), Buffer.from('\r\n')]);
    for (let index = 0; index < 9; index += 1) socket.write(chunk);
    assertTooLarge(await received);
  });

  test('a client that goes on sending for ever is cut off after a while', async (t) => {
    const webhook = await startWebhook(t);
    const { socket, received } = await connectRaw(webhook);
    socket.write(`${HEAD}Transfer-Encoding: chunked\r\n\r\n`);
    const chunk = `${(65_536).toString(16)}\r\n${' '.repeat(65_536)}\r\n`;
    const sending = setInterval(() => {
      if (socket.writableLength < 1_000_000) for (let index = 0; index < 16; index += 1) socket.write(chunk);
    }, 5);
    t.after(() => clearInterval(sending));
    assert.match(await received, /^HTTP\/1\.1 413 /);
  });
});
