import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { isExactName, matchesName } from '../../../../../src/cilium/policy/prefixes/name-pattern.ts';
import { contextFor } from '../../../../support/policies.ts';

type Row = readonly [pattern: string, matching: readonly string[], other: readonly string[]];

function check([pattern, matching, other]: Row, version: string): void {
  test(`${pattern} (${version})`, () => {
    const { profile } = contextFor(version);
    for (const name of matching) assert.ok(matchesName(pattern, name, profile), name);
    for (const name of other) assert.ok(!matchesName(pattern, name, profile), name);
  });
}

suite('a pattern', () => {
  const rows: readonly Row[] = [
    ['example.com', ['example.com', 'Example.COM.'], ['a.example.com', 'examplexcom']],
    ['*.example.com', ['a.example.com', 'a-b_1.example.com', '.example.com'], ['example.com', 'a.b.example.com']],
    ['*example.com', ['example.com', 'sub-example.com'], ['www.example.com']],
    ['sub*.example.com', ['sub.example.com', 'subdomain.example.com'], ['su.example.com', 'sub.a.example.com']],
    ['a*b*c.com', ['abc.com', 'axxbyyc.com', 'abbc.com'], ['acb.com', 'ab.com']],
    ['*b*c.com', ['bc.com', 'abxc.com'], ['cb.com', 'b.com']],
    ['a*b*b.com', ['abb.com', 'axbyb.com'], ['ab.com', 'axb.com']],
    ['a*b*b*a.com', ['abba.com', 'axbybxa.com'], ['aba.com', 'abxa.com']],
    ['ab*ba.com', ['abba.com', 'abxba.com'], ['aba.com']],
    ['*.COM.', ['example.com'], ['example.org']],
    ['*', ['example.com', 'a.b.c'], ['a b.com']],
    ['*.com', ['a.com'], ['a b.com']],
  ];
  for (const row of rows) for (const version of ['1.18.8', '1.20.2']) check(row, version);
});

suite('stars that are a label of their own at the start', () => {
  const spanning: readonly Row[] = [
    ['**.example.com', ['a.example.com', 'a.b.example.com'], ['example.com']],
    ['**', ['example', 'example.com'], []],
    ['*.', ['example', 'example.com'], []],
  ];
  for (const row of spanning) for (const version of ['1.19.7', '1.20.2']) check(row, version);
  check(['**.example.com', ['a.example.com'], ['a.b.example.com', 'example.com']], '1.18.8');
  check(['**', ['example'], ['example.com']], '1.18.8');
  check(['*.', ['example'], ['example.com']], '1.18.8');
});

test('a name without a star matches itself alone', () => {
  assert.ok(isExactName('example.com'));
  assert.ok(!isExactName('*.example.com'));
});

/** Every text of at most so many of these characters. */
function textsOf(characters: readonly string[], longest: number): readonly string[] {
  let last = [''];
  const all = [...last];
  for (let length = 1; length <= longest; length += 1) {
    last = last.flatMap((text) => characters.map((character) => text + character));
    all.push(...last);
  }
  return all;
}

/** A star is nothing, or takes one character more of the same label. */
function matchesByCharacter(pattern: string, name: string): boolean {
  const [wanted, given] = [pattern.charAt(0), name.charAt(0)];
  if (wanted === '') return given === '';
  if (wanted !== '*') return wanted === given && matchesByCharacter(pattern.slice(1), name.slice(1));
  if (matchesByCharacter(pattern.slice(1), name)) return true;
  return given !== '' && given !== '.' && matchesByCharacter(pattern, name.slice(1));
}

function isMatched(pattern: string, name: string, spans: boolean): boolean {
  if (spans ? /^\*+\.?$/.test(pattern) : pattern === '*') return true;
  const [wanted, given] = [pattern, name].map((text) => text.replace(/\.$/, ''));
  if (wanted === undefined || given === undefined) return false;
  if (!spans || !/^\*{2,}\./.test(wanted)) return matchesByCharacter(wanted, given);
  const rest = wanted.replace(/^\*+\./, '');
  const starts = [...given.matchAll(/\./g)].map(({ index }) => index + 1);
  return starts.some((start) => matchesByCharacter(rest, given.slice(start)));
}

test('short names are matched character by character', () => {
  const names = textsOf(['a', 'b', '.'], 5);
  for (const version of ['1.18.8', '1.20.2']) {
    const { profile } = contextFor(version);
    for (const pattern of textsOf(['a', 'b', '*', '.'], 4)) {
      const wrong = names.find(
        (name) => matchesName(pattern, name, profile) !== isMatched(pattern, name, version === '1.20.2'),
      );
      assert.equal(wrong, undefined, `${pattern} in ${version}`);
    }
  }
});
