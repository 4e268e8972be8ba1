import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readDNSCache } from '../../../src/sources/dns-cache.ts';

test('addresses are read by name, from lookups of all endpoints and connections still in use', () => {
  const text = [
    'Endpoint   Source       FQDN             TTL   ExpirationTime             IPs                      ',
    '12         lookup       a.example.       60    2026-11-22T10:15:00.000Z   192.0.2.1,2001:db8::1   ',
    '13         lookup       a.example.       30    2026-11-22T10:16:00.000Z   192.0.2.1,192.0.2.2     ',
    '13         connection   b.c.example.     0     2026-11-22T10:14:59.123Z   192.0.2.3               ',
  ].join('\n');
  assert.deepEqual(
    [...readDNSCache(text)],
    [
      ['a.example.', ['192.0.2.1', '2001:db8::1', '192.0.2.2']],
      ['b.c.example.', ['192.0.2.3']],
    ],
  );
});

test('what a failed command printed, and a lookup without an answer, are passed over', () => {
  const failed =
    'Error: Get "http://localhost/v1/fqdn/cache": connection refused\n> Error while running \'x\': exit status 1\n';
  assert.equal(readDNSCache(failed).size, 0);
  assert.equal(readDNSCache('12   lookup   a.example.   60   2026-11-22T10:15:00.000Z      \n').size, 0);
  assert.equal(readDNSCache('').size, 0);
});

test('a long line is read in one pass', () => {
  const spaces = ' '.repeat(1_000_000);
  assert.equal(readDNSCache(`1 lookup a.example. 60 now${spaces}x`).size, 0);
  assert.equal(readDNSCache(`1${spaces}lookup a.example. 60 now${spaces}`).size, 0);
});
