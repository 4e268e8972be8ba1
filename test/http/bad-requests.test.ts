import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { BAD_REQUESTS } from './bad-requests.ts';
import { send } from '../support/http-client.ts';
import { answerOf, podRequest, reviewBody } from '../support/http-reviews.ts';
import { startWebhook } from '../support/http-server.ts';
import type { TestWebhook } from '../support/http-server.ts';

let webhook: TestWebhook;
const cleanUps: (() => Promise<void>)[] = [];
before(async () => {
  webhook = await startWebhook({ after: (cleanUp) => void cleanUps.push(cleanUp) });
});
after(async () => {
  for (const cleanUp of cleanUps.reverse()) await cleanUp();
});

const REASONS: ReadonlyMap<number, string> = new Map([
  [400, 'BadRequest'],
  [404, 'NotFound'],
  [405, 'MethodNotAllowed'],
  [415, 'UnsupportedMediaType'],
]);

for (const row of BAD_REQUESTS) {
  test(`${row.name}: ${row.expect === 'status' ? `HTTP ${row.code}` : 'a review with its own uid'}`, async () => {
    const response = await send(webhook, row.send);
    if (row.expect === 'review') {
      const answer = answerOf(response);
      assert.equal(answer.uid, row.uid);
      assert.equal(answer.allowed, true);
      return;
    }
    assert.equal(response.status, row.code);
    assert.equal(response.headers['content-type'], 'application/json');
    assert.equal(response.headers.allow, row.allow);
    if (row.send.method === 'HEAD') return;
    const body = response.json as Record<string, unknown>;
    assert.partialDeepStrictEqual(body, { kind: 'Status', apiVersion: 'v1', status: 'Failure', code: row.code });
    assert.equal(body['reason'], REASONS.get(row.code));
    assert.match(String(body['message']), row.message);
  });
}

test('after all of these an ordinary review is answered as before', async () => {
  const request = podRequest();
  assert.equal(answerOf(await send(webhook, { body: reviewBody(request) })).uid, request['uid']);
  const polluted = Object.keys(Object.prototype);
  assert.deepEqual(polluted, []);
});
