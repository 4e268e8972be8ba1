import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Turns } from '../../../../src/server/judging/turns.ts';

const SLICE_MS = 5;

/** Reviews that work for so many slices each, and the order in which they get them. */
function workplace() {
  let now = 0;
  const turns = new Turns(() => now);
  const order: string[] = [];
  const work = async (name: string, slices: number, isOver = (): boolean => false): Promise<void> => {
    const turn = turns.start(isOver);
    for (let left = slices; left > 0; left -= 1) {
      order.push(name);
      now += SLICE_MS;
      await turn.giveWay();
    }
  };
  return { turns, order, work, pass: (ms: number) => (now += ms) };
}

describe('a turn', () => {
  test('goes on at once while its slice is not used up', () => {
    const { turns, pass } = workplace();
    const turn = turns.start(() => false);
    pass(3);
    assert.equal(turn.giveWay(), undefined);
    pass(1);
    assert.ok(turn.giveWay() instanceof Promise);
  });

  test('counts what it worked, and not what it waited', async () => {
    const { turns, pass } = workplace();
    const turn = turns.start(() => false);
    pass(6);
    const waiting = turn.giveWay();
    pass(1_000);
    await waiting;
    pass(2);
    assert.equal(turn.workedMs(), 8);
  });
});

describe('of reviews that are long', () => {
  test('one goes on in each turn of the event loop', async () => {
    const { order, work } = workplace();
    const all = Promise.all([work('a', 3), work('b', 3), work('c', 3)]);
    const seen: number[] = [];
    for (let turn = 0; turn < 4; turn += 1) {
      seen.push(order.length);
      await nextTurn();
    }
    assert.deepEqual(seen, [3, 4, 5, 6]);
    await all;
  });

  test('the one that has worked least goes on first, whoever came first', async () => {
    const { order, work } = workplace();
    const long = work('long', 6);
    for (let turn = 0; turn < 3; turn += 1) await nextTurn();
    order.length = 0;
    const short = work('short', 3);
    await Promise.all([long, short]);
    assert.deepEqual(order, ['short', 'short', 'short', 'long', 'long']);
  });

  test('those that are over go on at once, beside the one whose turn it is', async () => {
    const { order, work } = workplace();
    const overs = ['x', 'y', 'z'].map((name) => work(name, 2, () => true));
    const live = work('live', 2);
    await nextTurn();
    assert.deepEqual(order, ['x', 'y', 'z', 'live', 'x', 'y', 'z', 'live']);
    await Promise.all([...overs, live]);
  });
});
