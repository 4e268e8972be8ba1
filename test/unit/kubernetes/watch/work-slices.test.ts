/**
 * Readers that work share one slice of each turn of the event loop.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WorkSlices } from '../../../../src/kubernetes/watch/work-slices.ts';

test('many readers together work one slice in a turn, and each comes to its end', async () => {
  let nowMs = 0;
  const slices = new WorkSlices(() => nowMs);
  const workedInTurn: number[] = [0];
  let isOver = false;
  const turn = (): void => {
    workedInTurn.push(0);
    if (!isOver) setImmediate(turn);
  };
  setImmediate(turn);
  const read = async (): Promise<void> => {
    for (let step = 0; step < 50; step += 1) {
      nowMs += 1;
      workedInTurn[workedInTurn.length - 1] = (workedInTurn.at(-1) ?? 0) + 1;
      await slices.giveWay();
    }
  };
  await Promise.all(Array.from({ length: 10 }, read));
  isOver = true;
  assert.equal(
    workedInTurn.reduce((sum, worked) => sum + worked),
    500,
  );
  // Each of the ten starts with a step of its own.
  assert.ok(Math.max(...workedInTurn.slice(1)) <= 4 + 1, String(Math.max(...workedInTurn)));
});

test('who is in time is not kept waiting', async () => {
  const slices = new WorkSlices(() => 0);
  let isNextTurn = false;
  setImmediate(() => (isNextTurn = true));
  for (let step = 0; step < 1_000; step += 1) await slices.giveWay();
  assert.equal(isNextTurn, false);
});
