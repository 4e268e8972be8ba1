import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileGoRegexp, type GoRegexp } from '../../../src/cilium/re2.ts';

function compiled(pattern: string): GoRegexp {
  const result = compileGoRegexp(pattern);
  assert.ok(result.ok, `Go refuses ${pattern}`);
  return result.value;
}

// Lengths were asked from Go 1.26 (regexp.FindStringIndex); undefined: no match, or one that starts later.
const LENGTHS: readonly (readonly [pattern: string, text: string, length: number | undefined])[] = [
  ['app', 'application', 3],
  ['app|application', 'application', 3],
  ['application|app', 'application', 11],
  ['app$', 'application', undefined],
  ['b|^ab', 'ab', 2],
  ['b', 'ab', undefined],
  ['x*', 'foo', 0],
  ['', 'foo', 0],
  ['.*beta\\.kubernetes\\.io', 'failure-domain.beta.kubernetes.io/zone', 33],
  ['a.*?b', 'axbxb', 3],
  ['(?U)a.*b', 'axbxb', 3],
  ['(?i)APP$', 'app', 3],
  ['a{2,3}', 'aaaa', 3],
  ['[[:alpha:]]+', 'app-1', 3],
  ['\\pL+', 'app-1', 3],
  ['\\Qa.b\\E', 'a.bc', 3],
  ['\\Qa.b\\E', 'axb', undefined],
  ['(?P<part>a)b', 'abc', 2],
  ['\\Aapp\\z', 'app', 3],
  ['\\d+', '\u0663', undefined],
];

for (const [pattern, text, length] of LENGTHS) {
  test(`"${pattern}" matches ${length ?? 'nothing'} of "${text}" from its start`, () => {
    assert.equal(compiled(pattern).matchAtStart(text), length);
  });
}

test('the length of a match counts bytes of UTF-8, not characters', () => {
  assert.equal(compiled('.*').matchAtStart('a\u00e9\u65e5\u{1f600}'), 1 + 2 + 3 + 4);
  assert.equal(compiled('a\u00e9').matchAtStart('a\u00e9\u65e5'), 3);
});

test('matches finds a match anywhere', () => {
  assert.equal(compiled('b+').matches('abba'), true);
  assert.equal(compiled('^b').matches('abba'), false);
});

test('groups of one name are taken, as are names that every JavaScript object has', () => {
  assert.equal(compiled('(?P<n>a)(?<n>b)').matchAtStart('abc'), 2);
  assert.equal(compiled('(?P<constructor>a)').matchAtStart('abc'), 1);
});

test('what only looks like a group is kept beside groups of one name', () => {
  const twice = '(?P<n>a)(?P<n>b)';
  assert.equal(compiled(`${twice}[[(?P<n>]+$`).matches('ab(?P<n>'), true);
  assert.equal(compiled(`${twice}[]\\](?<n>]+$`).matches('ab](?<n>'), true);
  assert.equal(compiled(`${twice}\\Q(?P<n>\\E$`).matches('ab(?P<n>'), true);
  assert.equal(compiled(`${twice}\\(?P<n>$`).matches('abP<n>'), true);
});

test('groups of one name do not hide what else is wrong', () => {
  for (const rest of ['(', '(?P<n', '(?P<a b>c)', '(?P<>c)', '(?=c)']) {
    assert.ok(!compileGoRegexp(`(?P<n>a)(?P<n>b)${rest}`).ok, rest);
  }
});

const REFUSED = [
  'app(?=x)',
  'app(?!x)',
  '(?<=a)b',
  '(a)\\1',
  '(?P=n)',
  'a{1001}',
  '(a{500}){3}',
  'a**',
  '*a',
  '(',
  ')',
  '[',
  'a\\',
  '\\C',
  '\\Z',
  '[z-a]',
  '(?x)a',
  '(?>a)',
  `${'('.repeat(1001)}a${')'.repeat(1001)}`,
];

for (const pattern of REFUSED) {
  test(`"${pattern.slice(0, 20)}" is refused, as Go refuses it`, () => {
    const result = compileGoRegexp(pattern);
    assert.ok(!result.ok);
    assert.match(result.error, /^error parsing regexp: /);
  });
}

test('nested repeats of a long text take linear time', () => {
  const text = `${'a'.repeat(50_000)}!`;
  assert.equal(compiled('(a*)*b').matchAtStart(text), undefined);
});
