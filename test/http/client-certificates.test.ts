import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { test } from 'node:test';
import { clientCertificate } from '../support/http-client-certificate.ts';
import { certificatesIn, temporaryFolder } from '../support/http-certificates.ts';
import { send } from '../support/http-client.ts';
import type { HttpResponse } from '../support/http-client.ts';
import { answerOf, podRequest, reviewBody } from '../support/http-reviews.ts';
import { startWebhook } from '../support/http-server.ts';
import type { TestWebhook } from '../support/http-server.ts';

const sendAs = (webhook: TestWebhook, tls?: { cert: string; key: string }): Promise<HttpResponse> =>
  send(webhook, { body: reviewBody(podRequest()), agent: false, ...(tls !== undefined && { tls }) });

test('where a client CA is given, a client without a certificate of it gets no connection', async (t) => {
  const webhook = await startWebhook(t, { clientCa: true });
  const elsewhere = await temporaryFolder(t);
  await certificatesIn(elsewhere);
  await assert.rejects(sendAs(webhook));
  await assert.rejects(async () => sendAs(webhook, await clientCertificate(elsewhere, 'kube-apiserver')));
  const known = await clientCertificate(webhook.folder, 'kube-apiserver');
  assert.equal(answerOf(await sendAs(webhook, known)).allowed, true);
});

test('where names are given, a certificate with another name is refused', async (t) => {
  const webhook = await startWebhook(t, { clientCa: true, clientNames: ['kube-apiserver'] });
  const refused = await sendAs(webhook, await clientCertificate(webhook.folder, 'kubelet'));
  assert.equal(refused.status, 403);
  assert.partialDeepStrictEqual(refused.json, { kind: 'Status', reason: 'Forbidden' });
  const accepted = await sendAs(webhook, await clientCertificate(webhook.folder, 'kube-apiserver'));
  assert.equal(answerOf(accepted).allowed, true);
});

test('names without a client CA let nobody in', async (t) => {
  const webhook = await startWebhook(t, { clientNames: ['kube-apiserver'] });
  assert.equal((await sendAs(webhook)).status, 403);
});

test('a new serving certificate does not lock out client certificates', async (t) => {
  const webhook = await startWebhook(t, { clientCa: true });
  await rm(`${webhook.folder}/tls.key`);
  await certificatesIn(webhook.folder);
  await webhook.tls.refresh();
  assert.equal(answerOf(await sendAs(webhook, await clientCertificate(webhook.folder, 'any'))).allowed, true);
  await assert.rejects(sendAs(webhook));
});
