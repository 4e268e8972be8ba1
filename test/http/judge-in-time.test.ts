import assert from 'node:assert/strict';
import { basename } from 'node:path';
import { test } from 'node:test';
import type { Answer } from '../../src/kubernetes/admission-review.ts';
import type { Deadline } from '../../src/server/judging/deadline.ts';
import type { Judge } from '../../src/server/judging/judge-in-time.ts';
import { connectRaw, send } from '../support/http-client.ts';
import { sample } from '../support/http-log.ts';
import { answerOf, podRequest, reviewBody } from '../support/http-reviews.ts';
import { ALLOW, startWebhook } from '../support/http-server.ts';

const INTERNAL_ERRORS = 'cilium_bulkhead_internal_errors_total';
const reviews = (decision: string): string =>
  `cilium_bulkhead_admission_reviews_total{kind="Pod",operation="CREATE",decision="${decision}"}`;
const UNKNOWN_BY_FAULT = { decision: 'unknown', reason: 'internal-error' };

test('a denial reaches the client, and is counted as one', async (t) => {
  const denial: Answer = { allowed: false, message: 'too many', causes: [], warnings: [], auditAnnotations: {} };
  const webhook = await startWebhook(t, { judge: () => Promise.resolve(denial) });
  const answer = answerOf(await send(webhook, { body: reviewBody(podRequest()) }));
  assert.partialDeepStrictEqual(answer, { allowed: false, status: { code: 403, message: 'too many' } });
  assert.equal(await sample(webhook.metrics, reviews('deny')), 1);
});

test('an allowed review is counted as its judge decided: allow, or unknown', async (t) => {
  const judge: Judge = ({ name }) => Promise.resolve({ ...ALLOW, auditAnnotations: { decision: name } });
  const webhook = await startWebhook(t, { judge });
  for (const name of ['allow', 'unknown', 'unknown']) await send(webhook, { body: reviewBody(podRequest({ name })) });
  assert.equal(await sample(webhook.metrics, reviews('allow')), 1);
  assert.equal(await sample(webhook.metrics, reviews('unknown')), 2);
});

test('the judge sees the review, and how long it has', async (t) => {
  const seen: { name: string; deadline: Deadline }[] = [];
  const judge: Judge = ({ name }, deadline) => {
    seen.push({ name, deadline });
    return Promise.resolve(ALLOW);
  };
  const webhook = await startWebhook(t, { judge });
  await send(webhook, { path: '/validate?timeout=10s', body: reviewBody(podRequest({ name: 'db' })) });
  const [first] = seen;
  assert.equal(first?.name, 'db');
  assert.equal(first.deadline.timeoutMs, 10_000);
  assert.ok(first.deadline.remainingMs() <= 9_500 && first.deadline.remainingMs() > 5_000);
});

const faulty: readonly (readonly [name: string, judge: Judge])[] = [
  [
    'throws',
    () => {
      throw new Error('no such thing');
    },
  ],
  ['rejects', () => Promise.reject(new Error('no such thing'))],
  // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- what is thrown may be anything
  ['rejects with a string', () => Promise.reject('no such thing')],
  [
    'overflows the stack',
    function overflow(...parameters): Promise<Answer> {
      return overflow(...parameters);
    },
  ],
  ['returns nothing', () => Promise.resolve(undefined as unknown as Answer)],
  ['returns what is no answer', () => Promise.resolve({ allowed: 'yes' } as unknown as Answer)],
];

for (const [name, judge] of faulty) {
  test(`a review whose judge ${name} is allowed without a warning, counted and logged`, async (t) => {
    const webhook = await startWebhook(t, { judge });
    const request = podRequest({ name: 'web', namespace: 'team-a' });
    const answer = answerOf(await send(webhook, { body: reviewBody(request) }));
    assert.deepEqual(answer, { uid: request['uid'], allowed: true, auditAnnotations: UNKNOWN_BY_FAULT });
    assert.equal(await sample(webhook.metrics, INTERNAL_ERRORS), 1);
    assert.equal(await sample(webhook.metrics, reviews('unknown')), 1);
    const errors = webhook.log.lines().filter((line) => line['level'] === 'error');
    assert.equal(errors.length, 1);
    assert.partialDeepStrictEqual(errors[0], { uid: request['uid'], kind: 'Pod', namespace: 'team-a', name: 'web' });
  });
}

test('the log line of a fault has the stack, and nothing of the object', async (t) => {
  const webhook = await startWebhook(t, { judge: () => Promise.reject(new TypeError('no such thing')) });
  await send(webhook, { body: reviewBody(podRequest({ object: { secret: 'hunter2' } })) });
  const text = JSON.stringify(webhook.log.lines());
  assert.ok(text.includes('TypeError: no such thing'));
  assert.ok(text.includes(basename(import.meta.filename)), 'the place in the code that threw');
  assert.doesNotMatch(text, /hunter2/);
});

test('a judge that hangs is answered for at the deadline, and told to stop', async (t) => {
  const signals: AbortSignal[] = [];
  const judge: Judge = (_review, _deadline, signal) => {
    signals.push(signal);
    return new Promise(() => undefined);
  };
  const webhook = await startWebhook(t, { judge });
  const request = podRequest();
  const answer = answerOf(await send(webhook, { path: '/validate?timeout=150ms', body: reviewBody(request) }));
  assert.equal(answer.uid, request['uid']);
  assert.equal(answer.allowed, true);
  assert.deepEqual(answer.auditAnnotations, { decision: 'unknown', reason: 'deadline' });
  assert.match(String(answer.warnings), /in time/);
  assert.equal(signals[0]?.aborted, true);
  assert.equal(await sample(webhook.metrics, INTERNAL_ERRORS), 0);
});

test('a component of the system gets no warning at the deadline', async (t) => {
  const webhook = await startWebhook(t, { judge: () => new Promise(() => undefined) });
  const userInfo = { username: 'system:serviceaccount:kube-system:replicaset-controller' };
  const send100 = { path: '/validate?timeout=100ms', body: reviewBody(podRequest({ userInfo })) };
  assert.equal(answerOf(await send(webhook, send100)).warnings, undefined);
});

test('a judge that stops because it was told to has no fault; one that fails later has', async (t) => {
  const judge: Judge = ({ name }, _deadline, signal) =>
    new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => {
        reject(name === 'polite' ? (signal.reason as Error) : new Error('broke while stopping'));
      });
    });
  const webhook = await startWebhook(t, { judge });
  for (const name of ['polite', 'broken']) {
    const answer = answerOf(
      await send(webhook, { path: '/validate?timeout=100ms', body: reviewBody(podRequest({ name })) }),
    );
    assert.equal(answer.auditAnnotations?.['reason'], 'deadline');
  }
  assert.equal(await sample(webhook.metrics, INTERNAL_ERRORS), 1);
});

test('a review that arrives after its deadline is not judged any more', async (t) => {
  let now = 0;
  let judged = 0;
  const webhook = await startWebhook(t, {
    clock: () => (now += 2_000),
    judge: () => {
      judged += 1;
      return Promise.resolve(ALLOW);
    },
  });
  const answer = answerOf(await send(webhook, { path: '/validate?timeout=1s', body: reviewBody(podRequest()) }));
  assert.deepEqual(answer.auditAnnotations, { decision: 'unknown', reason: 'deadline' });
  assert.equal(judged, 0);
});

test('a judge is told to stop when its client has gone, not only at the deadline', async (t) => {
  const { promise: judged, resolve: seen } = Promise.withResolvers<{ deadline: Deadline; signal: AbortSignal }>();
  const judge: Judge = (_review, deadline, signal) => {
    seen({ deadline, signal });
    return new Promise(() => undefined);
  };
  const webhook = await startWebhook(t, { judge });
  const { socket } = await connectRaw(webhook);
  const body = reviewBody(podRequest());
  socket.write('POST /validate?timeout=10s HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n');
  socket.write(`Content-Length: ${body.length}\r\n\r\n${body}`);
  const { deadline, signal } = await judged;
  const aborted = new Promise((resolve) => signal.addEventListener('abort', resolve));
  socket.destroy();
  await aborted;
  assert.ok(deadline.remainingMs() > 1_000, 'it was the deadline that stopped it');
});
