/**
 * Whatever happens to electors, to their requests and to their Lease: of those whose clocks have one speed at most one leads.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ApiServer } from '../support/api-server.ts';
import { Electing, LEASE, LEASES } from '../support/electing.ts';
import { RUNS, SEED } from '../support/random-cluster.ts';

const NAMES = ['a', 'b', 'c'];
const LONGEST_MS = 30_000;

/** What becomes of one request, or of one wait. */
const fate = fc.record({
  end: fc.constantFrom('go', 'go', 'go', 'go', 'cut'),
  heldMs: fc.oneof({ weight: 6, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: LONGEST_MS })),
});
const action = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ does: 'nothing' } as const) },
  fc.constantFrom('delete', 'touch', 'garble').map((does) => ({ does }) as const),
  fc.record({ does: fc.constantFrom('kill', 'stop', 'start'), name: fc.constantFrom(...NAMES) }),
);
const lives = fc.record({
  fates: fc.array(fate, { minLength: 1, maxLength: 40 }),
  delays: fc.array(fate, { minLength: 1, maxLength: 20 }),
  chances: fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 1, maxLength: 20 }),
  actions: fc.array(action, { minLength: 20, maxLength: 60 }),
  aheadMs: fc.integer({ min: -600_000, max: 600_000 }),
});

function inTurn<T>(items: readonly T[]): () => T {
  let index = 0;
  return () => items[index++ % items.length] ?? assert.fail('there is nothing to choose from');
}

const GARBAGE: readonly unknown[] = [7, 'a', {}, { holderIdentity: '', leaseDurationSeconds: 15 }];

test(`at most one leads, whatever happens (seed ${SEED})`, async (t) => {
  const server = (await ApiServer.start(t)).serve(LEASES);
  let led = 0;
  const property = fc.asyncProperty(lives, async ({ fates, delays, chances, actions, aheadMs }) => {
    const cleanUps: (() => Promise<void>)[] = [];
    const delay = inTurn(delays);
    const electing = new Electing({ after: (cleanUp) => void cleanUps.push(cleanUp) }, server, {
      random: inTurn(chances),
      delayed: (ms) => ms + delay().heldMs,
    });
    const nextFate = inTurn(fates);
    server.interfere = async () => {
      const { end, heldMs } = nextFate();
      if (heldMs > 0) await electing.sleep(heldMs);
      return end === 'cut' ? 'cut' : 'go';
    };
    const garbage = inTurn(GARBAGE);
    const running = new Map<string, string>();
    const start = (name: string): void => {
      const identity = `${name}-${electing.nowMs}-${running.size}`;
      if (!running.has(name)) electing.start(identity, name === 'b' ? aheadMs : 0);
      running.set(name, running.get(name) ?? identity);
    };
    const actOn = async (does: string, name: string): Promise<void> => {
      const identity = running.get(name);
      if (does === 'start') start(name);
      if (identity === undefined) return;
      if (does === 'kill') electing.kill(identity);
      if (does === 'stop') await electing.stop(identity);
      if (does !== 'start') running.delete(name);
    };
    const act = async (one: (typeof actions)[number]): Promise<void> => {
      if ('name' in one) await actOn(one.does, one.name);
      const lease = server.stored(LEASES, LEASE.name);
      if (lease === undefined) return;
      if (one.does === 'delete') server.delete(LEASES, lease);
      if (one.does === 'touch') server.put(LEASES, { ...lease, touched: electing.nowMs });
      if (one.does === 'garble') server.put(LEASES, { ...lease, spec: garbage() });
    };
    try {
      start('a');
      start('b');
      start('c');
      for (const one of actions) {
        await electing.step();
        await act(one);
        assert.ok(electing.leaders.length <= 1, `${electing.leaders.join(' and ')} lead at ${electing.nowMs}`);
        led += electing.leaders.length;
      }
    } finally {
      server.interfere = undefined;
      await Promise.all(cleanUps.map((cleanUp) => cleanUp()));
      const left = server.stored(LEASES, LEASE.name);
      if (left !== undefined) server.delete(LEASES, left);
    }
  });
  await fc.assert(property, { seed: SEED, numRuns: RUNS });
  assert.ok(led > 0, 'somebody leads now and then');
});
