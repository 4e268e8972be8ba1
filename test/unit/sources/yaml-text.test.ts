import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parse, stringify } from 'yaml';
import { splitList, yamlDocumentTexts, type ListText } from '../../../src/sources/yaml-text.ts';

const seed = 20261122;

function documentsOf(text: string): string[] {
  return [...yamlDocumentTexts(text)].map((part) => `${part.line}: ${part.text}`);
}

test('documents end at markers that stand at the margin', () => {
  assert.deepEqual(documentsOf('a: 1\n---\nb: 2\n...\n--- {c: 3}\n'), ['1: a: 1\n', '2: \nb: 2\n', '5:  {c: 3}\n']);
  assert.deepEqual(documentsOf('a: |\n ---\n  ...\n---x: 1\n'), ['1: a: |\n ---\n  ...\n---x: 1\n']);
  assert.deepEqual(documentsOf('a: 1\r\n---\r\nb: 2\r\n'), ['1: a: 1\r\n', '2: \r\nb: 2\r\n']);
  assert.deepEqual(documentsOf('---\na: 1\n---'), ['1: \na: 1\n']);
});

test('documents of comments and directives alone are none', () => {
  assert.deepEqual(documentsOf(''), []);
  assert.deepEqual(documentsOf('# x\n\n%YAML 1.2\n---\n  # y\n---\n---\n'), []);
});

function split(text: string): ListText {
  const list = splitList({ text, line: 10 });
  assert.ok(list !== undefined);
  return list;
}

test('a list as kubectl writes it is taken apart, at the margin or indented', () => {
  for (const indent of ['', '  ']) {
    const items = ['- a: 1', '  b: |', '    - x', '', '- - c', '# comment', '-', '  d: 2'];
    const text = ['apiVersion: v1', 'items:', ...items.map((line) => indent + line), 'kind: List', ''].join('\n');
    const list = split(text);
    assert.deepEqual(parse(list.frame.text), { apiVersion: 'v1', items: null, kind: 'List' });
    assert.deepEqual(
      list.items.map((item) => [item.line, parse(item.text)] as const),
      [
        [12, [{ a: 1, b: '- x\n' }]],
        [16, [['c']]],
        [18, [{ d: 2 }]],
      ],
    );
  }
});

test('a list that goes on to the end of the text is taken apart', () => {
  assert.equal(split('kind: List\nitems:\n\n# comment\n- a\n- b').items.length, 2);
});

test('a dash starts an item only where white space follows it', () => {
  assert.equal(split('kind: List\nitems:\n  - a\n  -b\n').items.length, 1);
  assert.equal(split('kind: List\nitems:\n- a\n-b\n').items.length, 1);
});

test('what is not written item by item is left whole', () => {
  for (const text of [
    'kind: List\nitems: [a, b]\n',
    'kind: List\nitems:\n  a: b\n',
    'spec:\n  items:\n  - a\n',
    'items:\n',
  ]) {
    assert.equal(splitList({ text, line: 1 }), undefined, text);
  }
});

test('whatever is in the items of a list, taken apart they are the same', () => {
  const { json } = fc.letrec<{ json: unknown }>((tie) => ({
    json: fc.oneof(
      fc.constantFrom(
        null,
        true,
        1.5,
        '',
        '- x',
        '---',
        'items:',
        'a: b',
        '# x',
        'two\n- lines\n',
        '\n\nx',
        'x'.repeat(90),
      ),
      fc.string(),
      fc.array(tie('json'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom('a', 'items', '- b', '#c'), tie('json'), { maxKeys: 3 }),
    ),
  }));
  const options = fc.record({
    indentSeq: fc.boolean(),
    blockQuote: fc.constantFrom<boolean | 'folded' | 'literal'>(true, false, 'folded', 'literal'),
  });
  fc.assert(
    fc.property(fc.array(json, { minLength: 1, maxLength: 5 }), options, (items, style) => {
      const text = stringify({ apiVersion: 'v1', items, kind: 'List' }, style);
      const list = split(text);
      assert.deepEqual(
        list.items.flatMap((item) => parse(item.text) as unknown[]),
        (parse(text) as { items: unknown[] }).items,
      );
    }),
    { seed, numRuns: 500 },
  );
});
