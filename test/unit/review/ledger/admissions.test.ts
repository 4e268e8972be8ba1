import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { CanonicalKey } from '../../../../src/cilium/identity/label.ts';
import type { Tenant } from '../../../../src/cluster/tenant.ts';
import type { Charge } from '../../../../src/review/charge.ts';
import { Admissions, type AdmissionsOptions } from '../../../../src/review/ledger/admissions.ts';

const CI = 'namespace/ci' as Tenant;
const RATE = { perMinute: 60, burst: 10 };
const POD = { kind: 'Pod', namespace: 'ci', name: 'a' } as const;

function started(options: Partial<AdmissionsOptions> = {}) {
  const clock = { now: 0 };
  return { clock, ledger: new Admissions({ clock: () => clock.now, ...options }) };
}

function minting(...texts: readonly string[]): Charge {
  const keys = texts.map((text) => ({ key: text as CanonicalKey, inUse: true }));
  return { tenant: CI, keys, spare: 0, draws: { of: 'minting', rate: RATE } };
}

test('what is charged counts until it is seen', () => {
  const { ledger } = started();
  ledger.charge(minting('a'));
  ledger.charge(minting('b'));
  assert.deepEqual([ledger.reserved, ledger.reservedBy(CI)], [2, { inUse: 2, keys: 2 }]);
  ledger.observe({ keysAdded: ['a', 'x'] as CanonicalKey[] });
  assert.deepEqual([ledger.reserved, ledger.isReserved('a' as CanonicalKey)], [1, false]);
});

test('nothing to charge is no charge', () => {
  const { ledger } = started();
  ledger.charge(undefined);
  assert.equal(ledger.charges, 0);
  ledger.charge(minting('a'));
  assert.equal(ledger.charges, 1);
});

describe('rates', () => {
  const relabel: Charge = { tenant: CI, keys: [], spare: 0, draws: { of: 'relabels', pod: POD } };

  test('each new identity takes one of the bucket of its tenant', () => {
    const { ledger } = started();
    for (let index = 0; index < 10; index += 1) {
      assert.ok(ledger.mayMint(CI, RATE));
      ledger.charge(minting(`k${index}`));
    }
    assert.ok(!ledger.mayMint(CI, RATE));
    assert.ok(ledger.mayMint('namespace/web' as Tenant, RATE));
  });

  test('of several replicas that are ready each has its part', () => {
    const { ledger } = started({ readyReplicas: () => 5 });
    ledger.charge(minting('a', 'b'));
    assert.ok(!ledger.mayMint(CI, RATE));
  });

  test('relabels have a bucket of their own, of 100', () => {
    const { ledger } = started();
    for (let index = 0; index < 100; index += 1) {
      assert.ok(ledger.mayRelabel(CI));
      ledger.charge(relabel);
    }
    assert.ok(!ledger.mayRelabel(CI));
    assert.ok(ledger.mayMint(CI, RATE));
  });

  test('what one pod minted counts for ten minutes', () => {
    const { clock, ledger } = started();
    ledger.charge(relabel);
    clock.now = 300_000;
    ledger.charge(relabel);
    assert.deepEqual([ledger.mintsOf(POD), ledger.mintsOf({ ...POD, name: 'b' })], [2, 0]);
    clock.now = 600_000;
    assert.equal(ledger.mintsOf(POD), 1);
  });

  test('files know no rates', () => {
    const { ledger } = started({ rates: 'none' });
    for (let index = 0; index < 200; index += 1) ledger.charge({ ...relabel, ...minting(`k${index}`) });
    for (let index = 0; index < 200; index += 1) ledger.charge(relabel);
    assert.ok(ledger.mayMint(CI, RATE) && ledger.mayRelabel(CI));
    assert.equal(ledger.mintsOf(POD), 0);
  });
});

test('numbers that agents may take besides are in flight for 30 seconds', () => {
  const { clock, ledger } = started();
  ledger.charge({ tenant: CI, keys: [], spare: 3 });
  clock.now = 10_000;
  ledger.charge({ tenant: CI, keys: [], spare: 4 });
  assert.equal(ledger.inFlight, 7);
  clock.now = 30_000;
  assert.equal(ledger.inFlight, 4);
  clock.now = 40_000;
  assert.equal(ledger.inFlight, 0);
});
