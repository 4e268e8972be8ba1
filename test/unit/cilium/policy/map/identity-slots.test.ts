import assert from 'node:assert/strict';
import { test } from 'node:test';
import { IdentitySlots } from '../../../../../src/cilium/policy/map/identity-slots.ts';

/** At both sides of page ends, and in far parts of the number space. */
const IDS = [0, 1, 2, 4095, 4096, 4097, 8191, 8192, 65_535, 131_072, 2 ** 24, 2 ** 24 + 4095, 2 ** 25, 2 ** 32 - 1];

test('identities get slots in ascending order, however they are added', () => {
  const slots = new IdentitySlots();
  slots.add([...IDS].reverse());
  slots.add(IDS.filter((_, index) => index % 2 === 0));
  slots.seal();
  assert.deepEqual([...slots.ids], IDS);
  assert.deepEqual(
    IDS.map((id) => slots.slotOf(id)),
    [...IDS.keys()],
  );
});

test('an identity that was not added has none, beside others and far from them', () => {
  const slots = new IdentitySlots();
  slots.add([1, 4096, 2 ** 24]);
  slots.seal();
  for (const id of [0, 2, 4095, 4097, 12_288, 2 ** 24 - 1, 2 ** 24 + 1, 2 ** 25]) {
    assert.equal(slots.slotOf(id), -1, String(id));
    assert.equal(slots.slotOf(4096), 1, `after ${id}`);
  }
});

test('without identities there are no slots, nor before they are given out', () => {
  const slots = new IdentitySlots();
  assert.equal(slots.ids.length, 0);
  slots.seal();
  assert.deepEqual([[...slots.ids], slots.slotOf(0)], [[], -1]);
});
