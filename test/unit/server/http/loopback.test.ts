import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isLoopback } from '../../../../src/server/http/loopback.ts';

test('an address of this machine alone is told from any other', () => {
  for (const address of ['127.0.0.1', '127.8.9.10', '::1', '::ffff:127.0.0.1']) assert.ok(isLoopback(address), address);
  for (const address of ['', '10.0.0.1', '1127.0.0.1', '127.0.0.1.evil', '::2', '::ffff:10.0.0.1', 'fe80::1']) {
    assert.ok(!isLoopback(address), address);
  }
});
