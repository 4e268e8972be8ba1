import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { claimed, readLease } from '../../../../src/kubernetes/lease/lease-record.ts';
import { isObject } from '../../../../src/kubernetes/decode/node.ts';
import { answerJson, answerStatus, ApiServer } from '../../../support/api-server.ts';
import { Electing, LEASE, LEASES, type ElectingOptions } from '../../../support/electing.ts';
import type { Json } from '../../../support/objects.ts';

const NAMED = `${LEASES}/${LEASE.name}`;
const MINUTE_MS = 60_000;

interface Scene {
  readonly server: ApiServer;
  readonly electing: Electing;
  readonly spec: () => Json;
}

/** `spec` absent: there is no Lease. */
async function scene(t: TestContext, spec?: Json, options?: ElectingOptions): Promise<Scene> {
  const server = (await ApiServer.start(t)).serve(LEASES);
  if (spec !== undefined) server.put(LEASES, leaseWith(spec));
  return {
    server,
    electing: new Electing(t, server, options),
    spec: () => (server.stored(LEASES, LEASE.name)?.['spec'] ?? assert.fail('there is no Lease')) as Json,
  };
}

const leaseWith = (spec: unknown, labels: Json = {}): Json => ({ metadata: { ...LEASE, labels }, spec });
const RELEASED = { holderIdentity: '', leaseDurationSeconds: 1 };
const ofAnother = { holderIdentity: 'z', leaseDurationSeconds: 15, renewTime: '2026-01-01T00:00:00.000000Z' };

test('one of two leads, renews every two seconds, and the Lease says so', async (t) => {
  const { electing, spec, server } = await scene(t, RELEASED);
  electing.start('a');
  await electing.pass(1);
  electing.start('b');
  await electing.pass(MINUTE_MS, () => assert.deepEqual(electing.leaders, ['a']));
  assert.deepEqual(spec(), {
    holderIdentity: 'a',
    leaseDurationSeconds: 15,
    acquireTime: '2026-01-01T00:00:00.000000Z',
    renewTime: '2026-01-01T00:01:00.000000Z',
    leaseTransitions: 1,
  });
  assert.equal(server.asked.filter(({ method }) => method === 'PUT').length, 31);
  assert.deepEqual(electing.failures, []);
});

test('a Lease that is not there is made at once, and who made it leads when 15 s are over', async (t) => {
  const { electing, spec, server } = await scene(t);
  electing.start('a');
  await electing.pass(14_999, () => assert.deepEqual(electing.leaders, []));
  assert.equal(spec()['holderIdentity'], 'a');
  await electing.pass(2_001);
  assert.deepEqual(electing.leaders, ['a']);
  assert.deepEqual(electing.changes, ['a leads']);
  assert.deepEqual(server.created[0]?.object['metadata'], LEASE);
});

test('when the leader is killed another leads 15 s after it has seen the last renewal, and not before', async (t) => {
  const { electing, spec } = await scene(t, RELEASED);
  electing.start('a');
  await electing.pass(1);
  electing.start('b');
  await electing.pass(MINUTE_MS);
  electing.kill('a');
  await electing.pass(13_000);
  assert.deepEqual(electing.leaders, []);
  await electing.pass(5_000);
  assert.deepEqual(electing.leaders, ['b']);
  assert.equal(spec()['leaseTransitions'], 2);
});

test('who stops gives the Lease up, so that another leads at its next turn', async (t) => {
  const { electing, spec } = await scene(t, RELEASED);
  electing.start('a');
  await electing.pass(1);
  electing.start('b');
  await electing.pass(5_000);
  await electing.stop('a');
  assert.partialDeepStrictEqual(spec(), { holderIdentity: '', leaseDurationSeconds: 1, leaseTransitions: 1 });
  await electing.pass(2_000);
  assert.deepEqual(electing.leaders, ['b']);
  assert.deepEqual(electing.changes, ['a leads', 'a does not lead', 'b leads']);
});

test('who does not lead gives nothing up', async (t) => {
  const { electing, server } = await scene(t, ofAnother);
  electing.start('a');
  await electing.pass(5_000);
  await electing.stop('a');
  assert.ok(server.asked.every(({ method }) => method === 'GET'));
});

test('who has made the Lease, and does not lead yet, does not give it up: who led before may lead still', async (t) => {
  const { electing, spec } = await scene(t);
  electing.start('a');
  await electing.pass(5_000);
  await electing.stop('a');
  assert.equal(spec()['holderIdentity'], 'a');
});

test('a clock that is ten minutes ahead, or behind, takes nothing from who leads', async (t) => {
  for (const aheadMs of [10 * MINUTE_MS, -10 * MINUTE_MS]) {
    const { electing } = await scene(t, RELEASED);
    electing.start('a');
    await electing.pass(1);
    electing.start('b', aheadMs);
    await electing.pass(2 * MINUTE_MS, () => assert.deepEqual(electing.leaders, ['a']));
    electing.kill('a');
    await electing.pass(20_000);
    assert.deepEqual(electing.leaders, ['b']);
  }
});

test('while the API server is away who led stops after 10 s, by itself; it leads again when the server is back', async (t) => {
  const { electing, server } = await scene(t, RELEASED);
  electing.start('a');
  await electing.pass(4_001);
  server.interfere = () => Promise.resolve('cut');
  await electing.pass(9_998);
  assert.deepEqual(electing.leaders, ['a']);
  await electing.pass(2);
  assert.deepEqual(electing.leaders, []);
  await electing.pass(10_000);
  assert.deepEqual(electing.changes, ['a leads', 'a does not lead']);
  assert.match(electing.failures[0] ?? '', /^a: no answer of the API server: /);
  server.interfere = undefined;
  await electing.pass(5_000);
  assert.deepEqual(electing.leaders, ['a']);
});

test('an answer that comes after more than 10 s makes nobody lead', async (t) => {
  const { electing, server } = await scene(t, RELEASED);
  server.interfere = async ({ method }, when) => {
    if (method === 'PUT' && when === 'after') await electing.sleep(10_000);
    return 'go';
  };
  electing.start('a');
  await electing.pass(10_001, () => assert.deepEqual(electing.leaders, []));
});

test('a renewal that loses against somebody else is looked into at once', async (t) => {
  const { electing, server, spec } = await scene(t, RELEASED);
  electing.start('a');
  await electing.pass(1);
  server.put(LEASES, leaseWith(spec(), { touched: 'by-a-person' }));
  await electing.pass(MINUTE_MS, () => assert.deepEqual(electing.leaders, ['a']));
  server.put(LEASES, leaseWith(ofAnother));
  await electing.pass(2_000);
  assert.deepEqual(electing.leaders, []);
  assert.deepEqual(electing.failures, []);
});

test('who writes at the same time as another does not lead, and does not complain', async (t) => {
  const { electing, server } = await scene(t, RELEASED);
  server.scriptFor(NAMED, (response) => {
    answerJson(response, 200, server.stored(LEASES, LEASE.name) ?? {});
    server.put(LEASES, leaseWith(ofAnother));
  });
  electing.start('a');
  await electing.pass(10_000, () => assert.deepEqual(electing.leaders, []));
  assert.deepEqual(electing.failures, []);
});

test('when a Lease is deleted nobody leads for 15 s, and then one does', async (t) => {
  const { electing, server, spec } = await scene(t, RELEASED);
  electing.start('a');
  await electing.pass(1);
  electing.start('b');
  await electing.pass(MINUTE_MS);
  server.delete(LEASES, leaseWith({}));
  await electing.pass(2_000);
  await electing.pass(12_000, () => assert.deepEqual(electing.leaders, []));
  await electing.pass(5_000);
  assert.deepEqual(electing.leaders, [spec()['holderIdentity']]);
});

test('a Lease that was made, of which no answer came, makes nobody lead at once', async (t) => {
  const { electing, server, spec } = await scene(t);
  server.interfere = ({ method }, when) => Promise.resolve(method === 'POST' && when === 'after' ? 'cut' : 'go');
  electing.start('a');
  await electing.pass(5_000);
  assert.equal(spec()['holderIdentity'], 'a');
  await electing.pass(10_000, () => assert.deepEqual(electing.leaders, []));
  await electing.pass(4_000);
  assert.deepEqual(electing.leaders, ['a']);
});

for (const [what, spec] of [
  ['no spec', undefined],
  ['a spec that is a text', 'a'],
  ['a holder that is a number', { holderIdentity: 7, leaseDurationSeconds: 1 }],
  ['no holder, and was not given up', { holderIdentity: '', leaseDurationSeconds: 15 }],
  ['a duration of no time', { holderIdentity: 'z', leaseDurationSeconds: -5 }],
] as const) {
  test(`a Lease with ${what} makes nobody lead for 15 s`, async (t) => {
    const { electing, server } = await scene(t, {});
    server.put(LEASES, leaseWith(spec));
    electing.start('a');
    await electing.pass(14_999, () => assert.deepEqual(electing.leaders, []));
    await electing.pass(2_001);
    assert.deepEqual(electing.leaders, ['a']);
  });
}

test('a Lease that lasts longer is waited for, for a minute at most', async (t) => {
  for (const [seconds, waited] of [
    [30, 30_000],
    [2 ** 31 - 1, 60_000],
  ] as const) {
    const { electing } = await scene(t, { ...ofAnother, leaseDurationSeconds: seconds });
    electing.start('a');
    await electing.pass(waited - 1, () => assert.deepEqual(electing.leaders, []));
    await electing.pass(2_001);
    assert.deepEqual(electing.leaders, ['a']);
  }
});

for (const [what, answer, told] of [
  ['no object', (body: Json) => [body], /something that is no object/],
  ['a Lease without a version', () => ({ metadata: LEASE, spec: RELEASED }), /has no resourceVersion/],
] as const) {
  test(`an API server that answers with ${what} makes nobody lead, and nothing is written`, async (t) => {
    const { electing, server } = await scene(t, RELEASED);
    const stored = server.stored(LEASES, LEASE.name) ?? {};
    server.scriptFor(NAMED, ...Array.from({ length: 30 }, () => send));
    function send(response: Parameters<typeof answerJson>[0]): void {
      answerJson(response, 200, answer(stored) as Json);
    }
    electing.start('a');
    await electing.pass(30_000, () => assert.deepEqual(electing.leaders, []));
    assert.match(electing.failures[0] ?? '', told);
    assert.ok(server.asked.every(({ method }) => method === 'GET'));
  });
}

test('a right that is missing is told', async (t) => {
  const { electing, server } = await scene(t, RELEASED);
  server.scriptFor(NAMED, (response) => answerStatus(response, 403, 'leases "lead" is forbidden'));
  electing.start('a');
  await electing.pass(1);
  assert.deepEqual(electing.failures, ['a: the API server answers 403: leases "lead" is forbidden']);
});

test('what others have written into the Lease stays in it', async (t) => {
  const { electing, server } = await scene(t, RELEASED);
  server.put(LEASES, leaseWith(RELEASED, { app: 'x' }));
  electing.start('a');
  await electing.pass(1);
  const metadata = server.stored(LEASES, LEASE.name)?.['metadata'];
  assert.deepEqual(isObject(metadata) && metadata['labels'], { app: 'x' });
});

test('a renewal changes the Lease, even where the clock stands still', () => {
  const claim = { holder: 'a', durationMs: 15_000, now: () => 0 };
  const first = claimed({}, claim);
  assert.notEqual(readLease(claimed(first, claim)).text, readLease(first).text);
});

test('who waits asks at times of chance, who leads every two seconds', async (t) => {
  const { electing, server } = await scene(t, ofAnother, { random: () => 0.5 });
  electing.start('a');
  await electing.pass(14_000);
  // At 0, 3.2, 6.4, 9.6 and 12.8 s.
  assert.equal(server.asked.length, 5);
  await electing.pass(4_000);
  const before = server.asked.length;
  await electing.pass(20_000);
  assert.equal(server.asked.length - before, 10);
});

test('a Lease that cannot be given up is told; one that another has by now is not', async (t) => {
  const { electing, server } = await scene(t, RELEASED);
  electing.start('a');
  await electing.pass(1);
  server.interfere = ({ method }) => Promise.resolve(method === 'PUT' ? 'cut' : 'go');
  const stop = (): Promise<void> => electing.stop('a');
  server.scriptFor(NAMED, (response) => response.destroy());
  await stop();
  assert.match(electing.failures[0] ?? '', /^a: no answer of the API server/);
  server.interfere = undefined;
  server.put(LEASES, leaseWith(RELEASED));
  electing.start('b');
  await electing.pass(1);
  server.put(LEASES, leaseWith(ofAnother));
  await electing.stop('b');
  assert.equal(electing.failures.length, 1);
});

test('who takes a Lease says since when, and how often it went from one to another', () => {
  const claim = { holder: 'a', durationMs: 15_000, now: () => 0 };
  const acquireTime = '2020-01-01T00:00:00.000000Z';
  const takenOver = (leaseTransitions: unknown): unknown =>
    claimed({ spec: { holderIdentity: 'z', acquireTime, leaseTransitions } }, claim)['spec'];
  for (const [before, after] of [
    [4, 5],
    [0, 1],
    [2 ** 31 - 1, 2 ** 31 - 1],
    [2 ** 31, 1],
    [-1, 1],
    [1.5, 1],
    ['4', 1],
  ] as const) {
    assert.partialDeepStrictEqual(takenOver(before), {
      acquireTime: '1970-01-01T00:00:00.000000Z',
      leaseTransitions: after,
    });
  }
  const renewed = claimed({ spec: { holderIdentity: 'a', acquireTime, leaseTransitions: 4 } }, claim)['spec'];
  assert.partialDeepStrictEqual(renewed, { acquireTime, leaseTransitions: 4 });
});
