import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CanonicalKey } from '../../../../src/cilium/identity/label.ts';
import type { Tenant } from '../../../../src/cluster/tenant.ts';
import { Reservations } from '../../../../src/review/ledger/reservations.ts';

const CI = { tenant: 'namespace/ci' as Tenant, inUse: true };
const RELABELLED = { tenant: 'namespace/web' as Tenant, inUse: false };

function key(text: string): CanonicalKey {
  return text as CanonicalKey;
}

function started(most = 100) {
  const clock = { now: 0 };
  return { clock, reservations: new Reservations(() => clock.now, { ttlMs: 30_000, most }) };
}

test('the same key counts once, for whoever asked first', () => {
  const { reservations } = started();
  for (const reserved of [CI, CI, RELABELLED]) reservations.reserve(key('a'), reserved);
  reservations.reserve(key('b'), RELABELLED);
  assert.deepEqual(reservations.of(CI.tenant), { inUse: 1, keys: 1 });
  assert.deepEqual(reservations.of(RELABELLED.tenant), { inUse: 0, keys: 1 });
  assert.equal(reservations.size, 2);
});

test('a reservation ends when its key is seen', () => {
  const { reservations } = started();
  reservations.reserve(key('a'), CI);
  reservations.end(key('a'));
  reservations.end(key('a'));
  assert.ok(!reservations.has(key('a')));
  assert.deepEqual(reservations.of(CI.tenant), { inUse: 0, keys: 0 });
});

test('a reservation ends after 30 seconds, and one that is asked for again is not prolonged', () => {
  const { clock, reservations } = started();
  reservations.reserve(key('a'), CI);
  clock.now = 20_000;
  reservations.reserve(key('a'), CI);
  reservations.reserve(key('b'), CI);
  clock.now = 29_999;
  assert.equal(reservations.size, 2);
  clock.now = 30_000;
  assert.deepEqual(reservations.of(CI.tenant), { inUse: 1, keys: 1 });
  clock.now = 50_000;
  assert.equal(reservations.size, 0);
});

test('one that was seen before its time leaves those behind it to end in theirs', () => {
  const { clock, reservations } = started();
  reservations.reserve(key('a'), CI);
  clock.now = 10_000;
  reservations.reserve(key('b'), CI);
  reservations.end(key('a'));
  clock.now = 39_999;
  assert.equal(reservations.size, 1);
  clock.now = 40_000;
  assert.equal(reservations.size, 0);
});

test('of too many the oldest ends first', () => {
  const { reservations } = started(2);
  for (const text of ['a', 'b', 'c']) reservations.reserve(key(text), CI);
  assert.deepEqual(
    ['a', 'b', 'c'].map((text) => reservations.has(key(text))),
    [false, true, true],
  );
  assert.equal(reservations.of(CI.tenant).keys, 2);
});
