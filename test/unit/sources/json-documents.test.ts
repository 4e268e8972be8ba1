import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { jsonDocuments } from '../../../src/sources/json-documents.ts';
import type { RawDocument } from '../../../src/sources/raw-document.ts';

const seed = 20261122;

function documentsOf(text: string): RawDocument[] {
  return [...jsonDocuments(Buffer.from(text))];
}

/** The values of a text, with the items of lists in their place. */
function valuesOf(text: string): unknown[] {
  return documentsOf(text).map((document) => {
    if (document.kind === 'list')
      return [...document.items].map((item) => (item.kind === 'object' ? item.value : item));
    return document.kind === 'object' ? document.value : document;
  });
}

const json = fc.jsonValue({ noUnicodeString: false });
const space = fc.constantFrom('', ' ', '\n', '\t\r\n');

test('values that follow one another are told apart', () => {
  const value = fc.tuple(
    fc.oneof(fc.array(json), fc.dictionary(fc.string(), json)),
    fc.constantFrom(0, 1, '\t'),
    space,
  );
  fc.assert(
    fc.property(fc.array(value), (values) => {
      const text = values.map(([written, indent, gap]) => JSON.stringify(written, undefined, indent) + gap).join('');
      const expected = values.map(([written]) => JSON.parse(JSON.stringify(written)) as unknown);
      assert.deepEqual(valuesOf(text), expected);
    }),
    { seed },
  );
});

test('the items of a list are those of JSON.parse, and each stands on its line', () => {
  fc.assert(
    fc.property(fc.array(json), fc.constantFrom(0, 2), (items, indent) => {
      const text = `\n${JSON.stringify({ items, kind: 'PodList', apiVersion: 'v1' }, undefined, indent)}`;
      const [list] = documentsOf(text);
      assert.ok(list?.kind === 'list');
      assert.deepEqual([list.listKind, list.apiVersion, list.count, list.line], ['PodList', 'v1', items.length, 2]);
      const lines = text.split('\n');
      for (const [index, item] of [...list.items].entries()) {
        assert.ok(item.kind === 'object');
        assert.deepEqual(item.value, JSON.parse(JSON.stringify(items[index])));
        const start = JSON.stringify(item.value).charAt(0);
        if (indent === 0) assert.equal(item.line, 2);
        else assert.equal(lines[item.line - 1]?.trim().charAt(0), start);
      }
    }),
    { seed },
  );
});

test('text that is cut off anywhere gives no value that was not there, and ends', () => {
  const text = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [{ a: 'x"\\' }, [1, 'y'], true] });
  for (let length = 1; length < text.length; length += 1) {
    const [document, ...more] = documentsOf(text.slice(0, length));
    assert.equal(document?.kind, 'broken');
    assert.deepEqual(more, []);
  }
});

test('what breaks within an object is told with its line and column in the whole text', () => {
  for (const [text, line, column] of [
    ['{"kind": Pod}', 1, 10],
    ['  {"a": tru}', 1, 12],
    ['{"a": 1}\n{"\u00e9": "\u00e9", b}', 2, 12],
    ['{"kind": "PodList", "items": [{"\u00e9": 1}, {"a" 1}]}', 1, 46],
    ['{"kind": "PodList", "items": [{},\n{"a":\n nope}]}', 3, 3],
  ] as const) {
    const places = documentsOf(text)
      .flatMap((document) => (document.kind === 'list' ? [...document.items] : document))
      .filter(({ kind }) => kind === 'broken');
    assert.deepEqual(
      places.map((place) => [place.line, place.column]),
      [[line, column]],
      text,
    );
  }
});

test('a list that does not hold together is broken as a whole, not read in part', () => {
  for (const text of ['{"kind": "PodList", "items": [{} {}]}', '{"kind": "PodList", "items": [{}] "x": 1}']) {
    assert.deepEqual(
      documentsOf(text).map(({ kind }) => kind),
      ['broken'],
    );
  }
});

test('any bytes are read to an end without an exception', () => {
  const bytes = fc.oneof(
    fc.uint8Array().map((written) => Buffer.from(written)),
    fc
      .array(fc.constantFrom(...'{}[]",:\\ntrue0-\n'.split(''), '"kind"', '"items"', '"List"'))
      .map((words) => Buffer.from(words.join(''))),
  );
  fc.assert(
    fc.property(bytes, (text) => {
      for (const document of jsonDocuments(text)) {
        if (document.kind === 'list') assert.equal([...document.items].length, document.count);
        if (document.kind === 'object') assert.ok(document.lineOf(['a', 0]) >= document.line);
      }
    }),
    { seed, numRuns: 2000 },
  );
});

test('an object whose kind ends in List but that has no items is an object', () => {
  assert.deepEqual(
    documentsOf('{"kind": "AllowList"} {"kind": "List", "items": {}} {"kind": "Pod", "items": []}').map(
      ({ kind }) => kind,
    ),
    ['object', 'object', 'object'],
  );
});

test('of two members with one name the last one counts', () => {
  const [list] = documentsOf('{"kind": "Pod", "items": [1], "items": [2, 3], "kind": "PodList"}');
  assert.ok(list?.kind === 'list');
  assert.equal(list.count, 2);
});
