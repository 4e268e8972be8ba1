import assert from 'node:assert/strict';
import { test } from 'node:test';
import { STEP_GROWTH_LIMIT, sampleMemory, stepGrowth } from './hostile-load.ts';

test('2,000 hostile requests, no two alike, leave no memory behind', async () => {
  const samples = await sampleMemory({ requests: 2_000, seed: 7 });
  assert.ok(stepGrowth(samples) < STEP_GROWTH_LIMIT, `bytes after each step: ${samples.join(', ')}`);
});
