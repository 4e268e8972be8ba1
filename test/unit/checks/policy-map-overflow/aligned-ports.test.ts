import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { alignedWith, isEveryPort } from '../../../../src/checks/policy-map-overflow/aligned-ports.ts';
import { portBlocks } from '../../../../src/cilium/policy/ports.ts';

test('an interval becomes the block around it where that is not much wider, else the largest block in it', () => {
  assert.deepEqual(alignedWith({ first: 20_001, last: 29_999 }), { first: 16_384, last: 32_767 });
  assert.deepEqual(alignedWith({ first: 1, last: 65_534 }), { first: 0, last: 65_535 });
  assert.deepEqual(alignedWith({ first: 32_000, last: 33_000 }), { first: 32_256, last: 32_767 });
});

test('an interval that reaches low ports does not become one from port 0, which the datapath reads as every port', () => {
  assert.deepEqual(alignedWith({ first: 10_000, last: 20_000 }), { first: 12_288, last: 16_383 });
  assert.deepEqual(alignedWith({ first: 1, last: 1023 }), { first: 512, last: 1023 });
});

test('what an interval becomes is one block that has ports in common with it', () => {
  const port = fc.integer({ min: 1, max: 65_535 });
  fc.assert(
    fc.property(port, port, (a, b) => {
      const interval = { first: Math.min(a, b), last: Math.max(a, b) };
      const aligned = alignedWith(interval);
      assert.ok(aligned !== undefined);
      assert.equal(portBlocks(aligned.first, aligned.last).length, 1);
      assert.ok(aligned.first <= interval.last && interval.first <= aligned.last);
      assert.equal(aligned.first === 0, isEveryPort(aligned));
    }),
    { seed: 8 },
  );
});
