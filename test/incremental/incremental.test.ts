/**
 * A store that is kept up against one that is built from nothing: a short share of `npm run test:incremental`.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SEED } from '../support/random-cluster.ts';
import { failureOf } from './failure-text.ts';
import { generatedRun, smallRun, VERSIONS } from './runs.ts';

for (const [index, cilium] of VERSIONS.entries()) {
  const name = cilium === undefined ? 'agents of several versions' : `Cilium ${cilium}`;
  test(`after random events, with questions in between, all is told as if built from nothing: ${name}`, () => {
    for (const seed of [SEED + index, SEED + index + VERSIONS.length]) {
      const small = smallRun({ seed, cilium, events: 400, every: 100 });
      assert.equal(failureOf(small, 'small'), undefined);
    }
  });
}

test('and of a larger cluster, counts and checksums of maps', () => {
  const generated = generatedRun({ seed: SEED, cilium: '1.20.2', events: 900, every: 300, scale: 0.002 });
  assert.equal(failureOf(generated, 'generated'), undefined);
});
