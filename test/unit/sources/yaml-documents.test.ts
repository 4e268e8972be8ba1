import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fail, ok } from '../../../src/cilium/result.ts';
import { yamlDocuments, type ParseYaml } from '../../../src/sources/yaml-documents.ts';

/** A stand-in for YAML that knows the frame of a list and sequences of one word, and counts what it is given. */
function countingParser(): { readonly parse: ParseYaml; readonly given: string[] } {
  const given: string[] = [];
  const parse: ParseYaml = (text) => {
    given.push(text);
    const item = /^- (\w+)/.exec(text)?.[1];
    if (item === 'broken') return fail({ line: 1, column: 3, reason: 'not YAML: broken' });
    const kind = /^kind: (\w+)/m.exec(text)?.[1];
    return ok({ value: item === undefined ? { apiVersion: 'v1', kind } : [item], lineOf: () => 1, repeated: [] });
  };
  return { parse, given };
}

const filler = `  # ${'x'.repeat(1022)}\n`;
const item = (word: string): string => `- ${word}\n${filler}`;
const long = (words: readonly string[]): string =>
  `apiVersion: v1\nkind: PodList\nitems:\n${words.map(item).join('')}${item('last').repeat(1100)}`;
const limits = { document: 64 * 1024 ** 2 };

test('a long list is parsed item by item, and only as far as its items are asked for', () => {
  const { parse, given } = countingParser();
  const [list, ...more] = yamlDocuments(long(['a', 'broken', 'c']), parse, limits);
  assert.ok(list?.kind === 'list' && more.length === 0);
  assert.equal(list.count, 1103);
  assert.equal(given.length, 1);
  const taken: unknown[] = [];
  for (const raw of list.items) {
    taken.push([raw.kind, raw.line, raw.kind === 'object' ? raw.value : raw.reason]);
    if (taken.length === 3) break;
  }
  assert.equal(given.length, 4);
  assert.deepEqual(taken, [
    ['object', 4, 'a'],
    ['broken', 6, 'not YAML: broken'],
    ['object', 8, 'c'],
  ]);
});

test('a list over the limit is refused when its items are asked for, and named with the limit', () => {
  const { parse, given } = countingParser();
  const [list] = yamlDocuments(long([]), parse, { document: 1024 ** 2 });
  assert.ok(list?.kind === 'list');
  assert.equal(given.length, 1);
  assert.deepEqual(
    [...list.items],
    [{ kind: 'broken', line: 1, reason: 'a YAML document of 2 MiB is over the limit of 1 MiB: save it as JSON' }],
  );
});

test('a long document that is no list is parsed whole, up to 8 MiB', () => {
  const { parse, given } = countingParser();
  const map = (lines: number): string => `kind: ConfigMap\nitems:\n- x\n${filler.repeat(lines)}`;
  const documents = [...yamlDocuments(`${map(2000)}---\n${map(9000)}`, parse, limits)];
  assert.deepEqual(
    documents.map((document) => [document.kind, document.line]),
    [
      ['object', 1],
      ['broken', 2004],
    ],
  );
  assert.ok(given.every((text) => text.length < 8 * 1024 ** 2));
});
