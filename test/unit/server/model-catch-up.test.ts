/**
 * A model that catches up before anybody asks: in slices of the event loop, once, and anew where everything was derived again.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ModelCatchUp } from '../../../src/server/model-catch-up.ts';
import { Model } from '../../../src/server/model.ts';
import { ciliumConfig, decoded, namespace, pod, storeWith } from '../../support/objects.ts';

const PODS = 100;
const objects = [
  namespace('a'),
  ...Array.from({ length: PODS }, (_, index) => pod(`a/p${index}`, { app: `a${index}` })),
];

/** By its clock each step takes longer than a slice. */
function catchUpOf(): { readonly model: Model; readonly catchUp: ModelCatchUp } {
  let now = 0;
  const model = new Model(storeWith(objects), () => 0);
  return { model, catchUp: new ModelCatchUp(model, () => (now += 1_000)) };
}

/** How many turns of the event loop go by until it is done. */
async function turnsOf(work: Promise<void>): Promise<number> {
  let turns = 0;
  let isOver = false;
  void work.then(() => (isOver = true));
  while (!isOver) {
    await new Promise(setImmediate);
    turns += 1;
  }
  return turns;
}

describe('a model that catches up', () => {
  test('leaves the event loop to others between identities', async () => {
    const { catchUp } = catchUpOf();
    assert.ok((await turnsOf(catchUp.start())) >= PODS);
    assert.equal(catchUp.wasDone, true);
    assert.ok((await turnsOf(catchUp.start())) < 5);
  });

  test('goes on with what an event changed, and is done when all is', async () => {
    const { model, catchUp } = catchUpOf();
    const work = catchUp.start();
    model.apply({ type: 'upsert', object: decoded(pod('a/q', { app: 'q' })) });
    assert.equal(catchUp.wasDone, false);
    await work;
    assert.equal(catchUp.wasDone, true);
  });

  test('begins anew where everything was derived again, and the first run is over', async () => {
    const { model, catchUp } = catchUpOf();
    const first = catchUp.start();
    model.apply({ type: 'upsert', object: decoded(ciliumConfig({ labels: 'k8s:app' })) });
    const second = catchUp.start();
    await first;
    assert.equal(catchUp.wasDone, false);
    assert.ok((await turnsOf(second)) >= PODS / 2);
    assert.equal(catchUp.wasDone, true);
  });

  test('that is stopped does no more', async () => {
    const { catchUp } = catchUpOf();
    const work = catchUp.start();
    catchUp.stop();
    assert.ok((await turnsOf(work)) < 5);
    assert.equal(catchUp.wasDone, false);
  });
});
