import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { oneLine } from '../../../src/plain-text.ts';
import { warningsOf } from '../../../src/review/warnings.ts';
import { roundedToOneDigit } from '../../../src/review/wording.ts';

describe('plain text', () => {
  for (const [name, given, expected] of [
    ['control characters become spaces', 'a\u0000b\nc\u0085d\u2028e', 'a b c d e'],
    ['a lone surrogate becomes the replacement character', 'a\ud800b', 'a\ufffdb'],
    ['characters that turn the direction of text go', 'a\u202eb', 'a b'],
    ['what is too long ends in dots', 'abcdefghijkl', 'abcdefg...'],
    ['a cut takes a surrogate pair whole, or not at all', 'abcdef😀ghijk', 'abcdef😀...'],
  ] as const) {
    test(name, () => assert.equal(oneLine(given, 10), expected));
  }
});

describe('warnings', () => {
  test('are at most ten, the last of which says how many more there are', () => {
    const warnings = warningsOf(Array.from({ length: 30 }, (_, index) => `warning ${index}`));
    assert.equal(warnings.length, 10);
    assert.equal(warnings.at(-1), '21 more findings');
  });

  test('are at most 256 characters each and 4,096 together, each once', () => {
    const long = Array.from({ length: 10 }, (_, index) => `${index}${'x'.repeat(500)}`);
    const warnings = warningsOf([...long, ...long]);
    assert.ok(warnings.every(({ length }) => length <= 256));
    assert.ok(warnings.reduce((sum, { length }) => sum + length, 0) <= 4_096);
    assert.equal(new Set(warnings).size, warnings.length);
  });
});

test('counts of identities of others are rounded to one digit', () => {
  assert.deepEqual([0, 7, 12, 37, 95, 2_311, 65_280].map(roundedToOneDigit), [0, 7, 10, 40, 100, 2_000, 70_000]);
});
