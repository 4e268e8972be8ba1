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
