import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Answer } from '../../src/kubernetes/admission-review.ts';
import type { Judge } from '../../src/server/judging/judge-in-time.ts';
import { connectRaw, send } from '../support/http-client.ts';
import { sample } from '../support/http-log.ts';
import { answerOf, pod, podRequest, reviewBody } from '../support/http-reviews.ts';
import { ALLOW, startWebhook } from '../support/http-server.ts';

const OVERLOAD = { decision: 'unknown', reason: 'overload' };
const INFLIGHT = 'cilium_bulkhead_inflight_reviews';

/** A judge that answers when it is told to, and says when it was asked. */
function gatedJudge(): { readonly judge: Judge; readonly asked: Promise<unknown>; readonly open: () => void } {
  const asked = Promise.withResolvers<undefined>();
  const gate = Promise.withResolvers<Answer>();
  const judge: Judge = () => {
    asked.resolve(undefined);
    return gate.promise;
  };
  return { judge, asked: asked.promise, open: () => gate.resolve(ALLOW) };
}

test('beyond the cap a review is allowed at once with its uid, and recorded as unknown', async (t) => {
  const { judge, asked, open } = gatedJudge();
  const webhook = await startWebhook(t, { judge, limits: { inFlight: 1 } });
  const first = send(webhook, { body: reviewBody(podRequest()) });
  await asked;
  assert.equal(await sample(webhook.metrics, INFLIGHT), 1);
  const request = podRequest();
  const answer = answerOf(await send(webhook, { body: reviewBody(request) }));
  assert.deepEqual(answer, { uid: request['uid'], allowed: true, auditAnnotations: OVERLOAD });
  const counted = 'cilium_bulkhead_admission_reviews_total{kind="other",operation="other",decision="unknown"}';
  assert.equal(await sample(webhook.metrics, counted), 1);
  open();
  assert.equal(answerOf(await first).auditAnnotations, undefined);
  assert.equal(await sample(webhook.metrics, INFLIGHT), 0);
  assert.equal(answerOf(await send(webhook, { body: reviewBody(podRequest()) })).auditAnnotations, undefined);
});

test('a review written in another order of keys is answered with its uid, too', async (t) => {
  const webhook = await startWebhook(t, { limits: { inFlight: 0 } });
  const request = podRequest({ uid: 'last' });
  const body = JSON.stringify({
    request: { object: { uid: 'inner' }, ...request },
    kind: 'AdmissionReview',
    apiVersion: 'admission.k8s.io/v1',
  });
  assert.equal(answerOf(await send(webhook, { body })).uid, 'last');
});

test('what is no review is an error without Retry-After: the API server would wait its whole timeout', async (t) => {
  const webhook = await startWebhook(t, { limits: { inFlight: 0 } });
  const response = await send(webhook, { body: 'hello' });
  assert.equal(response.status, 503);
  assert.equal(response.headers['retry-after'], undefined);
  assert.partialDeepStrictEqual(response.json, { kind: 'Status', code: 503, reason: 'ServiceUnavailable' });
});

test('a judge that hangs beyond its deadline still counts as in flight', async (t) => {
  const { judge, open } = gatedJudge();
  const webhook = await startWebhook(t, { judge, limits: { inFlight: 1 } });
  const reasonOf = async (): Promise<string | undefined> =>
    answerOf(await send(webhook, { path: '/validate?timeout=100ms', body: reviewBody(podRequest()) }))
      .auditAnnotations?.['reason'];
  assert.equal(await reasonOf(), 'deadline');
  assert.equal(await reasonOf(), 'overload');
  open();
  assert.equal(await reasonOf(), undefined);
});

test('reviews are allowed at once while the event loop is too far behind', async (t) => {
  const webhook = await startWebhook(t, { limits: { maxLagMs: -1 } });
  assert.deepEqual(answerOf(await send(webhook, { body: reviewBody(podRequest()) })).auditAnnotations, OVERLOAD);
});

const LARGE = reviewBody(
  podRequest({ uid: 'large', object: pod({ annotations: { padding: 'x'.repeat(1_000_000) } }) }),
);

test('where memory for large bodies is taken, a large review is allowed at once and small ones are judged', async (t) => {
  const { judge, asked, open } = gatedJudge();
  const webhook = await startWebhook(t, { judge, limits: { bodyBudgetBytes: 1_000_000 } });
  const first = send(webhook, { body: LARGE });
  await asked;
  assert.deepEqual(answerOf(await send(webhook, { body: LARGE })).auditAnnotations, OVERLOAD);
  const small = send(webhook, { body: reviewBody(podRequest()) });
  open();
  assert.equal(answerOf(await small).auditAnnotations, undefined);
  assert.equal(answerOf(await first).auditAnnotations, undefined);
  assert.equal(answerOf(await send(webhook, { body: LARGE })).auditAnnotations, undefined);
});

test('clients that go away, fail or send nonsense give back the memory of their bodies', async (t) => {
  const webhook = await startWebhook(t, { limits: { bodyBudgetBytes: 1_000_000 } });
  for (let index = 0; index < 3; index += 1) {
    assert.equal((await send(webhook, { body: ' '.repeat(1_000_000) })).status, 400);
    const { socket, received } = await connectRaw(webhook);
    socket.write(
      'POST /validate HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2000000\r\n\r\n',
    );
    await new Promise((resolve) => socket.write(' '.repeat(900_000), resolve));
    socket.destroy();
    await received;
  }
  assert.equal(answerOf(await send(webhook, { body: LARGE })).auditAnnotations, undefined);
});

test('overload is logged with its cause, ten times in a minute at most', async (t) => {
  const webhook = await startWebhook(t, { limits: { inFlight: 0, bodyBudgetBytes: 0 } });
  for (let index = 0; index < 15; index += 1) await send(webhook, { body: reviewBody(podRequest()) });
  const lines = webhook.log.lines().filter(({ level }) => level === 'error');
  assert.equal(lines.length, 10);
  const msg = 'overloaded: a review is allowed without being judged';
  assert.partialDeepStrictEqual(lines[0], { msg, because: 'too much is being judged' });
});

test('a review that is allowed for want of memory says so in the log', async (t) => {
  const webhook = await startWebhook(t, { limits: { bodyBudgetBytes: 0 } });
  await send(webhook, { body: LARGE });
  const lines = webhook.log.lines().filter(({ level }) => level === 'error');
  assert.partialDeepStrictEqual(lines, [{ because: 'no memory is left for its body' }]);
});
