import assert from 'node:assert/strict';
import { test } from 'node:test';
import { watchEventLoopLag } from '../../../../src/server/judging/event-loop-lag.ts';
import { InFlight } from '../../../../src/server/judging/in-flight.ts';

const noLag = { lagMs: () => 0 };

test('reviews enter up to the cap, and again when one has left', () => {
  const counts: number[] = [];
  const inFlight = new InFlight({ cap: 2, maxLagMs: 100, lag: noLag, onChange: (count) => void counts.push(count) });
  const leave = inFlight.tryEnter();
  assert.ok(leave);
  assert.ok(inFlight.tryEnter());
  assert.equal(inFlight.tryEnter(), undefined);
  leave();
  assert.ok(inFlight.tryEnter());
  assert.deepEqual(counts, [1, 2, 1, 2]);
});

test('no review enters while the event loop is too far behind', () => {
  let lagMs = 101;
  const inFlight = new InFlight({ cap: 2, maxLagMs: 100, lag: { lagMs: () => lagMs }, onChange: () => undefined });
  assert.equal(inFlight.tryEnter(), undefined);
  lagMs = 100;
  assert.ok(inFlight.tryEnter());
});

test('a loop that is kept busy is seen to lag', async (t) => {
  const lag = watchEventLoopLag();
  t.after(lag.stop);
  assert.equal(lag.lagMs(), 0);
  const end = performance.now() + 1_500;
  while (lag.lagMs() < 50 && performance.now() < end) {
    const turn = performance.now() + 150;
    while (performance.now() < turn);
    await new Promise(setImmediate);
  }
  assert.ok(lag.lagMs() >= 50, `lag ${lag.lagMs()} ms`);
});
