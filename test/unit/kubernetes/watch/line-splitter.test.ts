/**
 * Lines do not depend on how their bytes are cut into chunks, and none is longer than the limit.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LineSplitter } from '../../../../src/kubernetes/watch/line-splitter.ts';

const SEED = Number(process.env['SEED'] ?? 20261122);

function chunksOf(bytes: Uint8Array, cuts: readonly number[]): readonly Uint8Array[] {
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((x, y) => x - y);
  return places.slice(1).map((end, index) => bytes.subarray(places[index], end));
}

test('lines are the same, however their bytes are cut', () => {
  const text = fc.array(fc.string({ unit: 'binary', maxLength: 40 })).map((lines) => lines.join('\n').toWellFormed());
  fc.assert(
    fc.property(text, fc.array(fc.nat(), { maxLength: 12 }), (whole, cuts) => {
      const splitter = new LineSplitter(10_000);
      const lines = chunksOf(Buffer.from(`${whole}\n`), cuts).flatMap((chunk) => {
        const taken = splitter.take(chunk);
        return taken.ok ? taken.value : assert.fail();
      });
      assert.deepEqual(lines, whole.split('\n'));
    }),
    { seed: SEED },
  );
});

test('a line longer than the limit is refused, whether it ends or not, in one piece or in many', () => {
  for (const end of ['', '\n', '\nmore\n']) {
    assert.deepEqual(new LineSplitter(4).take(Buffer.from(`12345${end}`)), { ok: false, error: 5 });
    const splitter = new LineSplitter(4);
    assert.deepEqual(splitter.take(Buffer.from('12\n34')), { ok: true, value: ['12'] });
    assert.deepEqual(splitter.take(Buffer.from(`567${end}`)), { ok: false, error: 5 });
  }
  assert.deepEqual(new LineSplitter(4).take(Buffer.from('1234\n1234')), { ok: true, value: ['1234'] });
});

test('a chunk may be used again by whoever it came from', () => {
  const splitter = new LineSplitter(10);
  const chunk = Buffer.from('abc');
  splitter.take(chunk);
  chunk.fill('x');
  assert.deepEqual(splitter.take(Buffer.from('d\n')), { ok: true, value: ['abcd'] });
});
