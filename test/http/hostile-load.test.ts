import assert from 'node:assert/strict';
import { test } from 'node:test';
import { REQUESTS, STEP_GROWTH_LIMIT, sampleMemory, stepGrowth } from '../support/hostile-memory.ts';
import { openEngine } from './hostile-engine.ts';
import { openTransport } from './hostile-transport.ts';

for (const [target, open] of [
  ['a webhook with a moody judge', openTransport],
  ['the whole webhook', openEngine],
] as const) {
  test(`${REQUESTS} hostile requests to ${target}, no two alike, leave no memory behind`, async () => {
    const samples = await sampleMemory({ open, requests: REQUESTS, seed: 7 });
    assert.ok(stepGrowth(samples) < STEP_GROWTH_LIMIT, `bytes after each step: ${samples.join(', ')}`);
  });
}
