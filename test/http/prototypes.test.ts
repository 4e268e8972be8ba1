import assert from 'node:assert/strict';
import { IncomingMessage, ServerResponse } from 'node:http';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import express from 'express';
import { createServer } from 'node:http';
import { createMetrics } from '../../src/server/metrics.ts';
import { startOperationsServer } from '../../src/server/operations-server.ts';
import { readableLog } from '../support/http-log.ts';
import { send } from '../support/http-client.ts';
import { answerOf, podRequest, reviewBody } from '../support/http-reviews.ts';
import { startWebhook } from '../support/http-server.ts';

/**
 * Counts how often express sets the prototype of a request or response: `changed` where it had another one before, which
 * is what costs (see src/server/http/prototype-safe.ts).
 */
function countPrototypeCalls(t: TestContext): { readonly same: number; readonly changed: number } {
  const calls = { same: 0, changed: 0 };
  const original = Object.setPrototypeOf.bind(Object);
  t.after(() => (Object.setPrototypeOf = original));
  Object.setPrototypeOf = <T>(target: T, prototype: object | null): T => {
    if (target instanceof IncomingMessage || target instanceof ServerResponse) {
      calls[Object.getPrototypeOf(target) === prototype ? 'same' : 'changed'] += 1;
    }
    return original(target, prototype) as T;
  };
  return calls;
}

test('requests and responses of the webhook are born with the prototypes that express gives them', async (t) => {
  const webhook = await startWebhook(t);
  const calls = countPrototypeCalls(t);
  for (const path of ['/validate', '/nowhere']) await send(webhook, { path, body: reviewBody(podRequest()) });
  answerOf(await send(webhook, { body: reviewBody(podRequest()) }));
  assert.deepEqual(calls, { same: 6, changed: 0 });
});

test('so are those of the operations port', async (t) => {
  const operations = await startOperationsServer({
    listen: { host: '127.0.0.1', port: 0 },
    readiness: new Map(),
    metrics: createMetrics({ process: false }),
    log: readableLog().log,
  });
  t.after(operations.close);
  const calls = countPrototypeCalls(t);
  assert.equal((await fetch(`http://127.0.0.1:${operations.address.port}/livez`)).status, 200);
  assert.deepEqual(calls, { same: 2, changed: 0 });
});

test('express on a plain server changes both: the counting above would see it', async (t) => {
  const server = createServer(express().get('/', (_request, response) => void response.end()));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const calls = countPrototypeCalls(t);
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  await fetch(`http://127.0.0.1:${address.port}/`);
  assert.deepEqual(calls, { same: 0, changed: 2 });
});
