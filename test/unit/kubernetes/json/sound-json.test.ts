import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SoundJson, UNSOUND } from '../../../../src/kubernetes/json/sound-json.ts';

const seed = 20261124;

/** Whether the text is one value. */
function isSound(text: string): boolean {
  const bytes = Buffer.from(text);
  const json = new SoundJson(bytes);
  const end = json.endOfValue(json.afterBlank(0));
  return end !== UNSOUND && json.afterBlank(end) === bytes.length;
}

function isParsed(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Pieces that JSON is made of, and some that it is not. */
const piece = fc.constantFrom(
  ...['{', '}', '[', ']', ',', ':', '"', '"a"', '"\\u00e9"', '\\', '\\"', '\\u12', ' ', '\n', '\t', '\u000b', '\u0000'],
  ...[
    '0',
    '-',
    '1',
    '01',
    '-0',
    '1.5',
    '1.',
    '.5',
    'e',
    'E+',
    '1e5',
    'true',
    'false',
    'null',
    'nul',
    'NaN',
    'é',
    '\u2028',
  ],
);
const pieces = fc.array(piece, { maxLength: 12 }).map((parts) => parts.join(''));

/** JSON with something put into it, or taken out. */
const mutated = fc
  .tuple(fc.jsonValue({ maxDepth: 5 }), fc.nat(), fc.nat({ max: 3 }), fc.option(piece), fc.constantFrom(undefined, 1))
  .map(([value, place, length, put, indent]) => {
    const text = JSON.stringify(value, undefined, indent);
    const at = place % (text.length + 1);
    return text.slice(0, at) + (put ?? '') + text.slice(at + length);
  });

test('a text is sound exactly where JSON.parse takes it', () => {
  fc.assert(
    fc.property(fc.oneof(mutated, pieces, fc.json({ noUnicodeString: false })), (text) => {
      assert.equal(isSound(text), isParsed(text), JSON.stringify(text));
    }),
    { seed, numRuns: 20_000 },
  );
});

test('what is nested more deeply than it counts is not taken', () => {
  const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
  assert.equal(isSound(nested(30)), true);
  assert.equal(isSound(nested(31)), false);
  assert.equal(isSound(nested(100_000)), false);
});

test('lines that are stepped over are counted', () => {
  const text = '\n{ "a":\n [1,\n\r\n2], "b\\n": {\n} }';
  const json = new SoundJson(Buffer.from(text));
  assert.equal(json.endOfValue(json.afterBlank(0)), text.length);
  assert.equal(json.lines, 5);
});
