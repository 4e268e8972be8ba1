import assert from 'node:assert/strict';
import { test } from 'node:test';
import { customWorkloadKind } from '../../../src/kubernetes/decode/custom-workload.ts';
import { ItemCuts } from '../../../src/sources/item-cuts.ts';
import { jsonDocuments } from '../../../src/sources/json-documents.ts';

/** Of the items of a list that is written so. */
function itemsOf(text: string, cuts = new ItemCuts([])): unknown[] {
  const [list] = jsonDocuments(Buffer.from(text), cuts);
  assert.ok(list?.kind === 'list');
  return [...list.items].map((item) => (item.kind === 'object' ? item.value : item));
}

const metadata = { name: 'web', managedFields: [{}] };
const cut = { name: 'web' };

test('items come without what no decoder of their kind looks at', () => {
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata, spec: { volumes: [], containers: [{ env: [], ports: [] }] } };
  const config = { apiVersion: 'v1', kind: 'ConfigMap', metadata };
  const text = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [pod, config, 7, { kind: 'Pod' }] });
  assert.deepEqual(itemsOf(text), [
    { ...pod, metadata: cut, spec: { containers: [{ ports: [] }] } },
    config,
    7,
    { kind: 'Pod' },
  ]);
});

test('items that do not say what they are have the kind of their list', () => {
  const items = [{ metadata, spec: {} }];
  assert.deepEqual(itemsOf(JSON.stringify({ kind: 'PodList', apiVersion: 'v1', items })), [
    { metadata: cut, spec: {} },
  ]);
  assert.deepEqual(itemsOf(JSON.stringify({ kind: 'ConfigMapList', apiVersion: 'v1', items })), items);
  // Which kind it is comes too late, or is not known.
  assert.deepEqual(itemsOf(JSON.stringify({ items, kind: 'PodList', apiVersion: 'v1' })), items);
  assert.deepEqual(itemsOf(JSON.stringify({ kind: 'PodList', apiVersion: 'v7', items })), items);
});

test('an item that is not what it seemed to be comes as a whole', () => {
  const late = [
    '{"kind":"Pod","apiVersion":"v1","metadata":{"name":"web","managedFields":[]},"kind":"ConfigMap"}',
    '{"metadata":{"name":"web","managedFields":[],"x":{"kind":"Pod"}},"apiVersion":"v1","kind":"ConfigMap"}',
    '{"kind":"Pod","apiVersion":"example.com/v1","metadata":{"name":"web","managedFields":[]}}',
  ];
  const items = itemsOf(`{"apiVersion":"v1","kind":"List","items":[${late.join()}]}`);
  assert.deepEqual(
    items,
    late.map((text) => JSON.parse(text) as unknown),
  );
});

test('a custom kind comes as a whole, whatever it is called', () => {
  const pod = { apiVersion: 'example.com/v1', kind: 'Pod', metadata, spec: { volumes: [] } };
  const kind = customWorkloadKind({ group: 'example.com', version: 'v1', kind: 'Pod', template: ['spec'] });
  const text = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [pod] });
  assert.deepEqual(itemsOf(text, new ItemCuts([kind])), [pod]);
});

test('a fault in what nobody looks at is told with its place', () => {
  const text =
    '{"kind":"PodList","apiVersion":"v1","items":[\n{"metadata":{"name":"a"}},\n{"metadata":{"managedFields":[1,]}}\n]}';
  const [, fault] = itemsOf(text);
  assert.deepEqual(fault, { kind: 'broken', line: 3, column: 33, reason: "not JSON: Unexpected token ']'" });
});

test('a line of an item is found where parts of those before it were cut', () => {
  const items = [1, 2].map((serial) => ({ metadata: { managedFields: ['\n', {}], name: `web-${serial}`, uid: 'x' } }));
  const text = JSON.stringify({ kind: 'PodList', apiVersion: 'v1', items }, undefined, 1);
  const [list] = jsonDocuments(Buffer.from(text), new ItemCuts([]));
  assert.ok(list?.kind === 'list');
  const lines = text.split('\n');
  const found = [...list.items].map(
    (item) => item.kind === 'object' && lines[item.lineOf(['metadata', 'name']) - 1]?.trim(),
  );
  assert.deepEqual(found, ['"name": "web-1",', '"name": "web-2",']);
});
