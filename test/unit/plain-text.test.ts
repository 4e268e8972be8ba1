import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { quote } from '../../src/config/problems.ts';
import { escapeInvisible, oneLine, plainLines, visible } from '../../src/plain-text.ts';
import { clean } from '../../src/reports/table/layout.ts';

const SEED = 20261123;

describe('plain text', () => {
  for (const [name, given, expected] of [
    ['what cannot be seen shows', 'a\u0000b\nc\u0085d\u2028e', 'a\ufffdb\ufffdc\ufffdd\ufffde'],
    ['white space around it goes', ' \n a b\r\n', 'a b'],
    ['a lone surrogate becomes the replacement character', 'a\ud800b', 'a\ufffdb'],
    ['characters that turn the direction of text go', 'a\u202eb', 'a\ufffdb'],
    ['characters that take no room go', 'a\u200bb\u3164c\u{e0041}d', 'a\ufffdb\ufffdc\ufffdd'],
    ['what is too long ends in dots', 'abcdefghijkl', 'abcdefg...'],
    ['a cut takes a surrogate pair whole, or not at all', 'abcdef😀ghijk', 'abcdef😀...'],
  ] as const) {
    test(name, () => assert.equal(oneLine(given, 10), expected));
  }

  test('lines keep their breaks and nothing else that moves a cursor', () => {
    assert.equal(plainLines('a\n  b\tc\r\nd\n', 20), 'a\n  b\ufffdc\ufffd\nd');
  });
});

/** Written down by hand, and not by property, so that it does not repeat what it tests. */
function isInvisible(code: number): boolean {
  return [
    [0, 0x1f],
    [0x7f, 0x9f],
    [0xad, 0xad],
    [0x34f, 0x34f],
    [0x61c, 0x61c],
    [0x115f, 0x1160],
    [0x180b, 0x180f],
    [0x200b, 0x200f],
    [0x2028, 0x202e],
    [0x2060, 0x206f],
    [0x3164, 0x3164],
    [0xd800, 0xdfff],
    [0xfe00, 0xfe0f],
    [0xfeff, 0xfeff],
    [0xffa0, 0xffa0],
    [0xe0000, 0xe0fff],
  ].some(([first = 0, last = 0]) => first <= code && code <= last);
}

function invisibleIn(text: string): readonly string[] {
  return Array.from(text).filter((character) => isInvisible(character.codePointAt(0) ?? 0));
}

/** Any UTF-16 units, half of them of the kind that does harm. */
const anyText = fc
  .array(
    fc.oneof(
      fc.integer({ min: 0, max: 0x10ffff }),
      fc.integer({ min: 0, max: 0x10ffff }).filter(isInvisible),
      fc.constantFrom(0x0a, 0x20, 0x61, 0x22, 0x5c),
    ),
    { maxLength: 40 },
  )
  .map((codes) => codes.map((code) => String.fromCodePoint(code)).join(''));

describe('whatever the text', () => {
  const LIMIT = 20;
  const ways: readonly (readonly [string, (text: string) => string])[] = [
    ['a line of an answer', (text) => oneLine(text, LIMIT)],
    ['lines of an answer', (text) => plainLines(text, LIMIT).replaceAll('\n', '')],
    ['a cell of a table', clean],
    ['a value in a problem of the configuration', quote],
    ['JSON', (text) => escapeInvisible(JSON.stringify(text))],
  ];
  for (const [name, shown] of ways) {
    test(`${name} holds nothing that cannot be seen`, () => {
      const property = fc.property(anyText, (text) => assert.deepEqual(invisibleIn(shown(text)), []));
      fc.assert(property, { seed: SEED, numRuns: 500 });
    });
  }

  test('it is at most as long as asked, and what is fit already stays', () => {
    const property = fc.property(anyText, (text) => {
      const shown = visible(text, LIMIT);
      assert.ok(Array.from(shown).length <= LIMIT);
      assert.equal(visible(shown, LIMIT), shown);
    });
    fc.assert(property, { seed: SEED, numRuns: 500 });
  });

  test('escaped JSON means the same', () => {
    const property = fc.property(anyText, (text) => {
      const document = { [text]: [text] };
      assert.deepEqual(JSON.parse(escapeInvisible(JSON.stringify(document, null, 2))), document);
    });
    fc.assert(property, { seed: SEED, numRuns: 500 });
  });
});
