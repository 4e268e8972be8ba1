import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  canonicalKey,
  compareBytes,
  formatLabel,
  labelArray,
  labelOf,
  type Label,
} from '../../../../src/cilium/identity/label.ts';

const SEED = 11;

test('keys are compared by the bytes of UTF-8', () => {
  const text = fc.oneof(fc.string(), fc.string({ unit: 'grapheme' }), fc.constantFrom('\uffff', '\u{1f600}', '\ue000'));
  fc.assert(
    fc.property(text, text, (a, b) => {
      const expected = Buffer.compare(Buffer.from(a), Buffer.from(b));
      assert.equal(Math.sign(compareBytes(a, b)), expected);
    }),
    { seed: SEED },
  );
});

test('a surrogate pair stands where its code point does', () => {
  const codes = [
    0, 0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xe000, 0xffff, 0x1_0000, 0x1_03ff, 0x1_0400, 0x10_fc00, 0x10_ffff,
  ];
  const texts = codes.flatMap((code) => [String.fromCodePoint(code), `${String.fromCodePoint(code)}a`]);
  for (const a of texts) {
    for (const b of texts) {
      const expected = Buffer.compare(Buffer.from(a), Buffer.from(b));
      assert.equal(Math.sign(compareBytes(a, b)), expected, JSON.stringify([a, b]));
    }
  }
});

test('upper case comes first, then separators as ASCII has them', () => {
  const keys = ['ab', 'a_b', 'a/b', 'a.b', 'a-b', 'a', 'A'];
  assert.deepEqual(keys.sort(compareBytes), ['A', 'a', 'a-b', 'a.b', 'a/b', 'a_b', 'ab']);
});

test('the canonical key sorts by key alone and keeps empty values', () => {
  const labels = labelArray([
    { source: 'k8s', key: 'z', value: '' },
    { source: 'reserved', key: 'host', value: '' },
    { source: 'cni', key: 'app', value: 'a=b;c' },
  ]);
  assert.equal(canonicalKey(labels), 'cni:app=a=b;c;reserved:host=;k8s:z=;');
});

test('of two labels with one key the later one stays, whatever its source', () => {
  const labels: readonly Label[] = [
    { source: 'k8s', key: 'app', value: '1' },
    { source: 'cni', key: 'app', value: '2' },
  ];
  assert.deepEqual(labelArray(labels), [labels[1]]);
});

test('labelOf finds each label by its key, and nothing else', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 3 })), fc.string({ maxLength: 3 }), (keys, other) => {
      const labels = labelArray(keys.map((key) => ({ source: 'k8s', key, value: key })));
      for (const key of keys) assert.equal(labelOf(labels, key)?.value, key);
      assert.equal(labelOf(labels, other) !== undefined, keys.includes(other));
    }),
    { seed: SEED },
  );
});

test('an empty value prints without an equals sign', () => {
  assert.equal(formatLabel({ source: 'k8s', key: 'app', value: '' }), 'k8s:app');
  assert.equal(formatLabel({ source: 'k8s', key: 'app', value: 'web' }), 'k8s:app=web');
});
