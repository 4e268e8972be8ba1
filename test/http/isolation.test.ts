import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import type { Judge } from '../../src/server/judging/judge-in-time.ts';
import { send } from '../support/http-client.ts';
import { answerOf, podRequest, reviewBody } from '../support/http-reviews.ts';
import { startWebhook } from '../support/http-server.ts';

const digest = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex');

/** Answers with a digest of what it was given, some turns of the event loop later. */
const digestingJudge: Judge = async (review) => {
  const { uid, name, namespace, object, oldObject } = review;
  for (let turns = Number.parseInt(digest(uid).slice(0, 2), 16) % 16; turns > 0; turns -= 1) await nextTurn();
  const warnings = [digest({ uid, name, namespace, object, oldObject })];
  return name.length % 3 === 0
    ? { allowed: false, message: namespace, causes: [], warnings, auditAnnotations: { tenant: name } }
    : { allowed: true, warnings, auditAnnotations: { tenant: name } };
};

const word = fc.stringMatching(/^[a-z]{1,12}$/);
const requests = fc.record({
  uid: fc.uuid(),
  name: word,
  namespace: word,
  object: fc.jsonValue(),
  oldObject: fc.jsonValue(),
});

test('of 600 different reviews on 40 connections each gets its own answer and nothing of another', async (t) => {
  const webhook = await startWebhook(t, { judge: digestingJudge });
  webhook.agent.maxSockets = 40;
  const sent = fc.sample(requests, { numRuns: 600, seed: 7 });
  await Promise.all(
    sent.map(async (over) => {
      const body = reviewBody(podRequest(over));
      const { uid, name, namespace, object, oldObject } = (JSON.parse(body) as { request: typeof over }).request;
      const answer = answerOf(await send(webhook, { body, path: '/validate?timeout=30s' }));
      const denied = name.length % 3 === 0;
      assert.equal(answer.uid, uid);
      assert.equal(answer.allowed, !denied);
      assert.equal(answer.status?.message, denied ? namespace : undefined);
      assert.deepEqual(answer.warnings, [digest({ uid, name, namespace, object, oldObject })]);
      assert.deepEqual(answer.auditAnnotations, { tenant: name });
    }),
  );
});

const POLLUTIONS = [
  '{"__proto__":{"polluted":"yes"}}',
  '{"constructor":{"prototype":{"polluted":"yes"}}}',
  '{"metadata":{"labels":{"__proto__":{"polluted":"yes"}},"__proto__":{"polluted":"yes"}}}',
];

test('keys that name prototypes change no object but their own', async (t) => {
  const seen: unknown[] = [];
  const judge: Judge = (review) => {
    seen.push(review.object);
    return Promise.resolve({ allowed: true, warnings: [], auditAnnotations: {} });
  };
  const webhook = await startWebhook(t, { judge });
  for (const text of POLLUTIONS) {
    const body = reviewBody(podRequest({ object: 'HERE' })).replace('"HERE"', text);
    for (const hostile of [body, body.replace('{"kind"', `{"__proto__":${text},"kind"`)]) {
      answerOf(await send(webhook, { body: hostile, path: '/validate?__proto__[polluted]=yes&timeout=3s' }));
    }
  }
  assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
  assert.deepEqual(
    seen.map((object) => JSON.stringify(object)),
    POLLUTIONS.flatMap((text) => [text, text]),
  );
});
