import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { impossibleCharacter, spelledKey, textOf, tokensOf } from '../../../../src/checks/label-filter/expression.ts';

const kinds = (expression: string): string =>
  tokensOf(expression)
    .map(({ kind }) => kind[0])
    .join('');

describe('the tokens of an expression', () => {
  const cases = [
    { expression: 'a.b', kinds: 'cac' },
    { expression: String.raw`a\.b`, kinds: 'ccc' },
    { expression: 'a*b+?c{2,3}', kinds: 'crcrcr' },
    { expression: 'a{b', kinds: 'ccc' },
    { expression: '[a.]b', kinds: 'oc' },
    { expression: '[]a]b', kinds: 'oc' },
    { expression: '[[:alpha:].]b', kinds: 'oc' },
    { expression: String.raw`[\]]b`, kinds: 'oc' },
    { expression: String.raw`\Qa.b\E.c`, kinds: 'oac' },
    { expression: String.raw`\d\pN\p{L}\x{41}x`, kinds: 'ooooc' },
    { expression: '^(a|b)$', kinds: 'oococoo' },
  ];
  for (const { expression, kinds: expected } of cases) {
    test(`${expression} is ${expected}`, () => {
      assert.equal(kinds(expression), expected);
    });
  }

  test('put together are the expression', () => {
    const pieces = [
      'a',
      '.',
      '\\.',
      '[',
      ']',
      '\\Q',
      '\\E',
      '(',
      ')',
      '|',
      '*',
      '{1,2}',
      '{',
      '^',
      '$',
      '[:',
      ':]',
      '\\',
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 12 }), (chosen) => {
        const expression = chosen.join('');
        assert.equal(textOf(tokensOf(expression)), expression);
      }),
      { seed: 1 },
    );
  });
});

test('a key is spelled by characters and dots, with or without anchors', () => {
  assert.equal(spelledKey(tokensOf(String.raw`^app\.kubernetes.io/name$`)), 'app.kubernetes.io/name');
  for (const other of ['app.*', 'app|web', 'app,web', '-app', 'app?', '']) {
    assert.equal(spelledKey(tokensOf(other)), undefined, other);
  }
});

test('a character that no key has makes every match impossible, unless it need not be there', () => {
  assert.equal(impossibleCharacter(tokensOf('app=web')), '=');
  for (const possible of ['app', 'app=?', 'app={0}', 'app|a=b', 'app[=]']) {
    assert.equal(impossibleCharacter(tokensOf(possible)), undefined, possible);
  }
});
