import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { applyJsonPatch, pointerToFieldPath } from '../../../src/kubernetes/json-patch.ts';
import type { JsonPatchOperation } from '../../../src/checks/check.ts';

const seed = 20261122;

/** A document, one operation, and what comes out; `undefined` where the operation is refused. */
const cases: readonly (readonly [unknown, JsonPatchOperation, unknown])[] = [
  [{ a: 1 }, { op: 'add', path: '/b', value: 2 }, { a: 1, b: 2 }],
  [{ a: 1 }, { op: 'add', path: '/a', value: 2 }, { a: 2 }],
  [{ a: [1, 3] }, { op: 'add', path: '/a/1', value: 2 }, { a: [1, 2, 3] }],
  [{ a: [1] }, { op: 'add', path: '/a/1', value: 2 }, { a: [1, 2] }],
  [{ a: [1] }, { op: 'add', path: '/a/-', value: 2 }, { a: [1, 2] }],
  [{ a: [1] }, { op: 'add', path: '/a/2', value: 2 }, undefined],
  [{ a: 1 }, { op: 'add', path: '/b/c', value: 2 }, undefined],
  [{ a: 1 }, { op: 'add', path: '/a/c', value: 2 }, undefined],
  [{ a: 1 }, { op: 'add', path: '', value: 2 }, 2],
  [{ a: 1, b: 2 }, { op: 'remove', path: '/a' }, { b: 2 }],
  [{ a: [1, 2, 3] }, { op: 'remove', path: '/a/1' }, { a: [1, 3] }],
  [{ a: [1] }, { op: 'remove', path: '/a/1' }, undefined],
  [{ a: [1] }, { op: 'remove', path: '/a/-' }, undefined],
  [{ a: [1] }, { op: 'remove', path: '/a/00' }, undefined],
  [{ a: 1 }, { op: 'remove', path: '/b' }, undefined],
  [{ a: 1 }, { op: 'remove', path: '' }, undefined],
  [{ a: { b: 1 } }, { op: 'replace', path: '/a/b', value: null }, { a: { b: null } }],
  [{ a: [1, 2] }, { op: 'replace', path: '/a/1', value: 3 }, { a: [1, 3] }],
  [{ a: 1 }, { op: 'replace', path: '/b', value: 2 }, undefined],
  [
    { a: { b: [1, { c: null }] } },
    { op: 'test', path: '/a', value: { b: [1, { c: null }] } },
    { a: { b: [1, { c: null }] } },
  ],
  [{ a: { b: 1, c: 2 } }, { op: 'test', path: '/a', value: { c: 2, b: 1 } }, { a: { b: 1, c: 2 } }],
  [{ a: { b: 1 } }, { op: 'test', path: '/a', value: { b: 1, c: 2 } }, undefined],
  [{ a: { b: 1, c: 1 } }, { op: 'test', path: '/a', value: { b: 1, d: 1 } }, undefined],
  [{ a: [1] }, { op: 'test', path: '/a', value: { 0: 1 } }, undefined],
  [{ a: 1 }, { op: 'test', path: '/a', value: '1' }, undefined],
  [{ 'a/b': { '~1': 1 } }, { op: 'replace', path: '/a~1b/~01', value: 2 }, { 'a/b': { '~1': 2 } }],
  [{ a: 1 }, { op: 'replace', path: 'a', value: 2 }, undefined],
  [{ '~2': 1 }, { op: 'replace', path: '/~2', value: 2 }, undefined],
];
for (const [document, operation, expected] of cases) {
  test(`${JSON.stringify(operation)} on ${JSON.stringify(document)} ${expected === undefined ? 'is refused' : 'works'}`, () => {
    const before = structuredClone(document);
    const outcome = applyJsonPatch(document, [operation]);
    assert.deepEqual(outcome.ok ? outcome.value : undefined, expected);
    assert.deepEqual(document, before);
  });
}

test('a patch is applied wholly or not at all, and names the operation that failed', () => {
  const outcome = applyJsonPatch({ a: 1, spec: { ingress: [] } }, [
    { op: 'remove', path: '/a' },
    { op: 'remove', path: '/spec/ingress/0' },
  ]);
  assert.deepEqual(outcome, { ok: false, error: { operation: 1, path: 'spec.ingress[0]', reason: 'does not exist' } });
});

test('__proto__ is a name like any other', () => {
  const document: unknown = JSON.parse('{"labels": {"__proto__": "a", "b": "c"}}');
  const replaced = applyJsonPatch(document, [{ op: 'replace', path: '/labels/__proto__', value: 'x' }]);
  assert.equal(replaced.ok && JSON.stringify(replaced.value), '{"labels":{"__proto__":"x","b":"c"}}');
  const removed = applyJsonPatch(document, [{ op: 'remove', path: '/labels/__proto__' }]);
  assert.equal(removed.ok && JSON.stringify(removed.value), '{"labels":{"b":"c"}}');
  const added = applyJsonPatch({}, [{ op: 'add', path: '/__proto__', value: { polluted: true } }]);
  assert.ok(added.ok);
  assert.equal((added.value as { polluted?: boolean }).polluted, undefined);
  assert.equal(applyJsonPatch({}, [{ op: 'add', path: '/constructor/prototype', value: 1 }]).ok, false);
});

test('values nested deeper than a call stack can be compared', () => {
  const deep = (): unknown => JSON.parse('['.repeat(50_000) + ']'.repeat(50_000));
  assert.ok(applyJsonPatch({ a: deep() }, [{ op: 'test', path: '/a', value: deep() }]).ok);
});

test('what was added can be removed again', () => {
  const names = fc.string({ maxLength: 4 });
  fc.assert(
    fc.property(
      fc.dictionary(names, fc.jsonValue(), { noNullPrototype: true }),
      names,
      fc.jsonValue(),
      (document, name, value) => {
        fc.pre(!Object.hasOwn(document, name));
        const path = `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
        const outcome = applyJsonPatch(document, [
          { op: 'add', path, value },
          { op: 'test', path, value },
          { op: 'remove', path },
        ]);
        assert.deepEqual(outcome, { ok: true, value: document });
      },
    ),
    { seed },
  );
});

for (const [path, pointer] of [
  ['', ''],
  ['spec.ingress[0].fromEndpoints[1]', '/spec/ingress/0/fromEndpoints/1'],
  ['metadata.labels["a.b/c"]', '/metadata/labels/a.b~1c'],
  ['metadata.labels["~x y"]', '/metadata/labels/~0x y'],
  ['spec.template.metadata.labels.app', '/spec/template/metadata/labels/app'],
] as const) {
  test(`the pointer ${JSON.stringify(pointer)} is the field path ${JSON.stringify(path)}`, () => {
    assert.equal(pointerToFieldPath(pointer), path);
  });
}
