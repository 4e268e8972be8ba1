import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { test } from 'node:test';
import { handshakeFault } from '../../src/server/tls/handshake-faults.ts';
import { connectRaw } from '../support/http-client.ts';
import { sample } from '../support/http-log.ts';
import { startWebhook, type TestWebhook } from '../support/http-server.ts';

/** Sends bytes below TLS, and waits until the server has closed the connection. */
async function sendPlain(webhook: TestWebhook, bytes: Buffer): Promise<void> {
  const socket = connect(webhook.address.port, '127.0.0.1').on('error', () => undefined);
  socket.resume().write(bytes);
  await new Promise((resolve) => socket.once('close', resolve));
}

/** What a client of TLS 1.2 sends that does not trust the certificate: its hello, and then a fatal alert (RFC 5246, section 7.2). */
async function refuse(webhook: TestWebhook, description: number): Promise<void> {
  const socket = connect(webhook.address.port, '127.0.0.1').on('error', () => undefined);
  socket.write(await clientHello());
  await once(socket, 'data');
  socket.resume().write(Buffer.from([21, 3, 3, 0, 2, 2, description]));
  await new Promise((resolve) => socket.once('close', resolve));
}

async function clientHello(): Promise<Buffer> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const { port } = server.address() as AddressInfo;
  const client = connectTls({ host: '127.0.0.1', port, maxVersion: 'TLSv1.2' }).on('error', () => undefined);
  const [socket] = await accepted;
  const [hello] = (await once(socket, 'data')) as [Buffer];
  client.destroy();
  socket.destroy();
  server.close();
  return hello;
}

const BAD_CERTIFICATE = 42;
const UNKNOWN_CA = 48;

const errors = (webhook: TestWebhook, reason: string): Promise<number> =>
  sample(webhook.metrics, `cilium_bulkhead_tls_handshake_errors_total{reason="${reason}"}`);

test('a client that refuses the certificate is counted, and warned of', async (t) => {
  const webhook = await startWebhook(t);
  for (const description of [BAD_CERTIFICATE, UNKNOWN_CA]) await refuse(webhook, description);
  assert.equal(await errors(webhook, 'certificate-refused'), 2);
  const warnings = webhook.log.lines().filter(({ level }) => level === 'warn');
  assert.equal(warnings.length, 2);
  assert.match(String(warnings[0]?.['msg']), /caBundle/);
  assert.partialDeepStrictEqual(warnings[0], { peer: '127.0.0.1', error: 'ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE' });
});

test('of many clients that refuse the certificate ten are warned of in a minute', async (t) => {
  const webhook = await startWebhook(t);
  for (let sent = 0; sent < 15; sent += 1) await refuse(webhook, UNKNOWN_CA);
  assert.equal(await errors(webhook, 'certificate-refused'), 15);
  assert.equal(webhook.log.lines().filter(({ level }) => level === 'warn').length, 10);
});

test('a client without a certificate, where one is asked for, is counted and warned of', async (t) => {
  const webhook = await startWebhook(t, { clientCa: true });
  const { received } = await connectRaw(webhook);
  await received;
  assert.equal(await errors(webhook, 'client-certificate'), 1);
  assert.match(JSON.stringify(webhook.log.lines().filter(({ level }) => level === 'warn')), /client CA file/);
});

test('plain HTTP is counted, and no warning', async (t) => {
  const webhook = await startWebhook(t);
  await sendPlain(webhook, Buffer.from('POST /validate HTTP/1.1\r\nHost: x\r\n\r\n'));
  assert.equal(await errors(webhook, 'not-tls'), 1);
  assert.deepEqual(
    webhook.log.lines().filter(({ level }) => level === 'warn' || level === 'error'),
    [],
  );
});

for (const [code, fault] of [
  ['ERR_SSL_SSL/TLS_ALERT_CERTIFICATE_UNKNOWN', 'certificate-refused'],
  ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', 'certificate-refused'],
  ['ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED', 'certificate-refused'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'client-certificate'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'client-certificate'],
  ['ERR_TLS_HANDSHAKE_TIMEOUT', 'timeout'],
  ['ECONNRESET', 'closed'],
  ['ERR_SSL_UNSUPPORTED_PROTOCOL', 'protocol'],
  ['ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC', 'other'],
] as const) {
  test(`${code} is ${fault}`, () => {
    assert.equal(handshakeFault(Object.assign(new Error('x'), { code })), fault);
  });
}
