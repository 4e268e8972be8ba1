/**
 * Responses that arrive in any pieces.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ResponseReader } from '../../../bench/http/response-reader.ts';

const RESPONSE = Buffer.from('HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\ncontent-length: 7\r\n\r\ncaf\u00e9!!');

test('a response is the same wherever it is cut', () => {
  for (let cut = 1; cut < RESPONSE.length; cut += 1) {
    const reader = new ResponseReader();
    assert.equal(reader.take(RESPONSE.subarray(0, cut)), undefined);
    assert.deepEqual(reader.take(RESPONSE.subarray(cut)), { status: 200, body: 'caf\u00e9!!' });
  }
});

test('a reader is ready for the next response', () => {
  const reader = new ResponseReader();
  reader.take(RESPONSE);
  assert.equal(reader.take(RESPONSE)?.status, 200);
});

test('what cannot be measured is an error: no length, or more than was asked for', () => {
  assert.throws(() => new ResponseReader().take(Buffer.from('HTTP/1.1 200 OK\r\n\r\n')), /without a length/);
  assert.throws(() => new ResponseReader().take(Buffer.concat([RESPONSE, RESPONSE])), /more was received/);
});
