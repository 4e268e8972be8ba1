import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseLabelFilter } from '../../../../src/cilium/identity/label-filter.ts';
import { profileFor } from '../../../support/profile.ts';

function parse(prefixFile: string, labels = '') {
  return parseLabelFilter({ prefixFile, labels, profile: profileFor('1.20.2') });
}

function keptKeys(prefixFile: string, keys: readonly string[], labels?: string): readonly string[] {
  const result = parse(prefixFile, labels);
  assert.ok(result.ok, 'the agent refuses the file');
  return keys.filter((key) => result.value.keeps({ source: 'k8s', key, value: 'v' }));
}

function file(...entries: readonly object[]): string {
  return JSON.stringify({ version: 1, 'valid-prefixes': entries });
}

const INCLUDE_APP = { prefix: 'app', source: 'k8s' };

test('the file replaces the built-in rules', () => {
  assert.deepEqual(keptKeys(file(), ['pod-template-hash', 'app']), ['pod-template-hash', 'app']);
  assert.deepEqual(keptKeys(file(INCLUDE_APP), ['app', 'apple', 'io.kubernetes.pod.namespace']), ['app', 'apple']);
});

test('prefixes are literal, not expressions', () => {
  assert.deepEqual(keptKeys(file({ prefix: 'a.p', source: 'k8s' }), ['app', 'a.p']), ['a.p']);
});

test('the source any is literal as well, so that such an exclude does nothing', () => {
  const exclude = { prefix: 'pod-template-hash', source: 'any', invert: true };
  assert.deepEqual(keptKeys(file(exclude), ['pod-template-hash']), ['pod-template-hash']);
});

test('entries of labels come after those of the file', () => {
  assert.deepEqual(keptKeys(file(INCLUDE_APP), ['app', 'apple', 'team'], 'team !apple'), ['app', 'team']);
});

test('an include of the file turns include mode on, an exclude does not', () => {
  const modeOf = (...entries: readonly object[]) => {
    const result = parse(file(...entries));
    return result.ok && result.value.includeMode;
  };
  assert.equal(modeOf(INCLUDE_APP), true);
  assert.equal(modeOf({ ...INCLUDE_APP, invert: true }), false);
});

test('the length of a prefix counts bytes', () => {
  const result = parse(file({ prefix: '\u65e5', source: 'k8s' }));
  assert.ok(result.ok);
  assert.equal(result.value.decide({ source: 'k8s', key: '\u65e5\u672c', value: '' }).include?.length, 3);
});

const ACCEPTED: readonly (readonly [what: string, content: string])[] = [
  ['text after the first value', `${file(INCLUDE_APP)} garbage`],
  ['a closing bracket after the first value', `${file(INCLUDE_APP)}}`],
  ['white space before it', `\n\t ${file(INCLUDE_APP)}`],
  ['member names in any case', '{"VERSION":1,"Valid-Prefixes":[{"Prefix":"app","SOURCE":"k8s","Invert":false}]}'],
  [
    'null where another member of that name has a value',
    '{"version":1,"VERSION":null,"valid-prefixes":[{"prefix":"app","source":"k8s"}]}',
  ],
  ['members that it does not know', '{"version":1,"x":{"y":["}"]},"valid-prefixes":[{"prefix":"app","source":"k8s"}]}'],
  ['an escaped quote in a string', '{"version":1,"x":"\\"}","valid-prefixes":[{"prefix":"app","source":"k8s"}]}'],
  [
    'a backslash at the end of a string',
    '{"version":1,"x":"}\\\\","valid-prefixes":[{"prefix":"app","source":"k8s"}]} garbage',
  ],
  ['null for invert', '{"version":1,"valid-prefixes":[{"prefix":"app","source":"k8s","invert":null}]}'],
];

for (const [what, content] of ACCEPTED) {
  test(`the file may have ${what}`, () => assert.deepEqual(keptKeys(content, ['app', 'team']), ['app']));
}

test('null for valid-prefixes is an empty list', () => {
  assert.deepEqual(keptKeys('{"version":1,"valid-prefixes":null}', ['app']), ['app']);
});

const REFUSED: readonly (readonly [what: string, content: string])[] = [
  ['nothing', ''],
  ['no object', '[]'],
  ['null', 'null'],
  ['broken JSON', '{"version":1,'],
  ['brackets that do not match', '{"version":1,"valid-prefixes":[}]'],
  ['version 2', '{"version":2,"valid-prefixes":[]}'],
  ['no version', '{"valid-prefixes":[]}'],
  ['a version that is text', '{"version":"1","valid-prefixes":[]}'],
  ['prefixes that are no list', '{"version":1,"valid-prefixes":{}}'],
  ['a null entry', '{"version":1,"valid-prefixes":[null]}'],
  ['an entry that is text', '{"version":1,"valid-prefixes":["app"]}'],
  ['an empty prefix', '{"version":1,"valid-prefixes":[{"prefix":"","source":"k8s"}]}'],
  ['no prefix', '{"version":1,"valid-prefixes":[{"source":"k8s"}]}'],
  ['a prefix that is a number', '{"version":1,"valid-prefixes":[{"prefix":1,"source":"k8s"}]}'],
  ['an empty source', '{"version":1,"valid-prefixes":[{"prefix":"app","source":""}]}'],
  ['an invert that is text', '{"version":1,"valid-prefixes":[{"prefix":"app","source":"k8s","invert":"yes"}]}'],
];

for (const [what, content] of REFUSED) {
  test(`the agent does not start with a file that holds ${what}`, () => {
    const result = parse(content);
    assert.ok(!result.ok);
    assert.equal(result.error.entry, undefined);
    assert.match(result.error.reason, /^the label-prefix-file /);
  });
}

const VERSIONS: readonly (readonly [written: string, told: string])[] = [
  ['2', '"2"'],
  ['"1"', '"1"'],
  ['true', 'of another type'],
  ['[1]', 'of another type'],
];

for (const [written, told] of VERSIONS) {
  test(`of the version ${written} it is told that it is ${told}`, () => {
    const result = parse(`{"version":${written}}`);
    assert.equal(result.ok ? '' : result.error.reason, `the label-prefix-file has version ${told}, supported is 1`);
  });
}
