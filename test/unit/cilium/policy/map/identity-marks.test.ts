import assert from 'node:assert/strict';
import { test } from 'node:test';
import { IdentityMarks, lendMarks, takeBackMarks } from '../../../../../src/cilium/policy/map/identity-marks.ts';

/** At both sides of page ends, and in far parts of the number space. */
const IDS = [0, 4095, 4096, 65_535, 2 ** 24, 2 ** 25 - 1, 2 ** 32 - 1];

test('each identity has the mark that was written last, and none before', () => {
  const marks = new IdentityMarks();
  assert.deepEqual(read(marks), [0, 0, 0, 0, 0, 0, 0]);
  for (const [index, id] of IDS.entries()) marks.set(id, index + 1);
  marks.set(4096, 99);
  assert.deepEqual(read(marks), [1, 2, 99, 4, 5, 6, 7]);
});

test('marks that were forgotten are read by nobody, however often that happens', () => {
  const marks = new IdentityMarks();
  // Large ones come to the end of the numbers that a page holds.
  for (const mark of [3, 1, ...Array<number>(8).fill(2 ** 29), 1, 2]) {
    marks.set(4096, mark);
    assert.equal(marks.get(4096), mark);
    marks.forget();
    assert.deepEqual(read(marks), [0, 0, 0, 0, 0, 0, 0], `after ${mark}`);
  }
});

test('marks are lent to one at a time, and empty', () => {
  const [one, other] = [lendMarks(), lendMarks()];
  assert.notEqual(one, other);
  one.set(7, 1);
  takeBackMarks(one);
  const again = lendMarks();
  assert.deepEqual([again === one, again.get(7)], [true, 0]);
  takeBackMarks(again);
  takeBackMarks(other);
});

test('marks of very many pages are not kept', () => {
  const marks = lendMarks();
  for (let page = 0; page <= 256; page += 1) marks.set(page * 4096, 1);
  takeBackMarks(marks);
  assert.notEqual(lendMarks(), marks);
});

function read(marks: IdentityMarks): readonly number[] {
  return IDS.map((id) => marks.get(id));
}
