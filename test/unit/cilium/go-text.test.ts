import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  byteLength,
  fields,
  isSpace,
  parseBool,
  parseDurationMs,
  parseInteger,
  trimSpace,
} from '../../../src/cilium/go-text.ts';

/** unicode.IsSpace of Go 1.26, over the whole Basic Multilingual Plane. */
const GO_SPACES = [
  0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x20, 0x85, 0xa0, 0x1680, 0x2000, 0x2001, 0x2002, 0x2003, 0x2004, 0x2005, 0x2006,
  0x2007, 0x2008, 0x2009, 0x200a, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000,
];

test('white space is what unicode.IsSpace says, and no more', () => {
  const found: number[] = [];
  for (let unit = 0; unit <= 0xffff; unit += 1) if (isSpace(unit)) found.push(unit);
  assert.deepEqual(found, GO_SPACES);
});

test('fields splits on runs of any white space and yields no empty word', () => {
  assert.deepEqual(fields(' a\u00a0b\n\tc\u0085d \u3000'), ['a', 'b', 'c', 'd']);
  assert.deepEqual(fields(' \n '), []);
  assert.deepEqual(fields(''), []);
});

test('a byte order mark and a zero-width space separate nothing', () => {
  assert.deepEqual(fields('a\ufeffb\u200bc'), ['a\ufeffb\u200bc']);
});

test('trimSpace takes white space from both ends only', () => {
  assert.equal(trimSpace('\u2003 a b\n'), 'a b');
  assert.equal(trimSpace(' \n'), '');
  for (const text of ['a', ' a', 'a ', '  a', 'a  ', '']) assert.equal(trimSpace(text), text.replaceAll(' ', ''));
});

test('byteLength counts bytes of UTF-8', () => {
  const text = 'a\u007f\u0080\u00e9\u07ff\u0800\u65e5\u{1f600}';
  assert.equal(byteLength(text), Buffer.byteLength(text));
  assert.equal(byteLength(text, 3), 4);
});

test('byteLength counts four bytes for whatever two units stand for', () => {
  for (const code of [0xd7ff, 0xe000, 0xffff, 0x1_0000, 0x1_03ff, 0x10_fc00, 0x10_ffff]) {
    const text = String.fromCodePoint(code);
    assert.equal(byteLength(text), Buffer.byteLength(text), code.toString(16));
  }
});

test('parseBool takes the twelve words of strconv.ParseBool', () => {
  for (const text of ['1', 't', 'T', 'TRUE', 'true', 'True']) assert.equal(parseBool(text), true);
  for (const text of ['0', 'f', 'F', 'FALSE', 'false', 'False']) assert.equal(parseBool(text), false);
  for (const text of ['', 'yes', 'no', 'tRUE', 'on', '2', ' true']) assert.equal(parseBool(text), undefined);
});

const INTEGERS: readonly (readonly [text: string, value: number | undefined])[] = [
  ['16384', 16_384],
  ['-1', -1],
  ['+7', 7],
  ['0', 0],
  ['-0', 0],
  ['', 0],
  ['0x10', 16],
  ['0o17', 15],
  ['017', 15],
  ['0b101', 5],
  ['089', undefined],
  ['1e3', undefined],
  ['1.5', undefined],
  ['16k', undefined],
  ['99999999999999999999', undefined],
];

for (const [text, value] of INTEGERS) {
  test(`the integer "${text}" is ${value ?? 'refused'}`, () => assert.equal(parseInteger(text), value));
}

const DURATIONS: readonly (readonly [text: string, ms: number | undefined])[] = [
  ['15m0s', 900_000],
  ['1h15m30.5s', 4_530_500],
  ['.5s', 500],
  ['1.h', 3_600_000],
  ['-30s', -30_000],
  ['+2ms', 2],
  ['1500us', 1.5],
  ['2\u00b5s', 0.002],
  ['2\u03bcs', 0.002],
  ['500ns', 0.0005],
  ['0', 0],
  ['900', undefined],
  ['', undefined],
  ['-', undefined],
  ['s', undefined],
  ['15 m', undefined],
  ['1d', undefined],
  ['15m0', undefined],
  ['2562047h', 9_223_369_200_000],
  ['2562048h', undefined],
  ['9223372036854775808ns', undefined],
  ['9999999999h', undefined],
];

for (const [text, ms] of DURATIONS) {
  test(`the duration "${text}" is ${ms === undefined ? 'refused' : `${ms} ms`}`, () => {
    assert.equal(parseDurationMs(text), ms);
  });
}
