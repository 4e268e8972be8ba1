import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { certificatesIn } from '../support/http-certificates.ts';
import { connectRaw, send } from '../support/http-client.ts';
import { sample } from '../support/http-log.ts';
import { answerOf, podRequest, reviewBody } from '../support/http-reviews.ts';
import { startWebhook } from '../support/http-server.ts';
import type { TestWebhook } from '../support/http-server.ts';

/** The serial number of the certificate that a new connection is shown. */
async function servedSerial(webhook: TestWebhook): Promise<string> {
  const { socket, received } = await connectRaw(webhook);
  const serial = socket.getPeerX509Certificate()?.serialNumber ?? '';
  socket.destroy();
  await received;
  return serial;
}

const fileSerial = async ({ folder }: TestWebhook): Promise<string> =>
  new X509Certificate(await readFile(join(folder, 'tls.crt'))).serialNumber;

async function rotate(webhook: TestWebhook): Promise<void> {
  await rm(join(webhook.folder, 'tls.key'));
  await certificatesIn(webhook.folder);
  await webhook.tls.refresh();
}

test('new connections are shown the new certificate', async (t) => {
  const webhook = await startWebhook(t);
  const first = await servedSerial(webhook);
  await rotate(webhook);
  assert.notEqual(await servedSerial(webhook), first);
  assert.equal(await servedSerial(webhook), await fileSerial(webhook));
});

test('a connection that is open goes on', async (t) => {
  const webhook = await startWebhook(t);
  await send(webhook, { body: reviewBody(podRequest()) });
  await rotate(webhook);
  const response = await send(webhook, { body: reviewBody(podRequest()) });
  assert.equal(response.reused, true);
  assert.equal(answerOf(response).allowed, true);
});

test('while certificates change, no request is dropped', async (t) => {
  const webhook = await startWebhook(t);
  let done = false;
  let answered = 0;
  const client = async (agent?: false): Promise<void> => {
    while (!done) {
      const request = podRequest();
      const response = await send(webhook, { body: reviewBody(request), ...(agent === false && { agent }) });
      assert.equal(answerOf(response).uid, request['uid']);
      answered += 1;
    }
  };
  const clients = Promise.all([client(), client(), client(), client(false), client(false), client(false)]);
  for (let rotation = 0; rotation < 5; rotation += 1) {
    const before = answered;
    await rotate(webhook);
    while (answered < before + 20) await nextTurn();
  }
  done = true;
  await clients;
});

test('a pair that does not match leaves the former one in service, with a log line and a metric', async (t) => {
  const webhook = await startWebhook(t);
  const first = await servedSerial(webhook);
  await writeFile(join(webhook.folder, 'tls.key'), await readFile(join(webhook.folder, 'ca.key')));
  await webhook.tls.refresh();
  assert.equal(await servedSerial(webhook), first);
  assert.equal(await sample(webhook.metrics, 'cilium_bulkhead_certificate_reload_failures_total'), 1);
  const [error] = webhook.log.lines().filter((line) => line['level'] === 'error');
  assert.match(String(error?.['reason']), /does not belong to/);
  assert.equal(answerOf(await send(webhook, { body: reviewBody(podRequest()), agent: false })).allowed, true);
});
