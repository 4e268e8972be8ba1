import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { PassedOver } from '../../../../src/kubernetes/decode/passed-over.ts';
import { CutPlan } from '../../../../src/kubernetes/json/cut-plan.ts';
import { cutValue, textWithout } from '../../../../src/kubernetes/json/cuts.ts';
import { without } from '../../../support/passed-over.ts';

const seed = 20261124;

/** undefined: it is not sound. */
function cutText(text: string, passedOver: PassedOver): string | undefined {
  const bytes = Buffer.from(text);
  const cut = cutValue(bytes, 0, new CutPlan(passedOver));
  return cut && textWithout(bytes, 0, cut.end, cut.cuts);
}

const NAMES = ['a', 'b', 'c', 'aa', 'ab', 'é', '', '__proto__'] as const;
/** A name with an escape in it is not found, which costs nothing but time. */
const names = fc.constantFrom(...NAMES, 'x"y');
const passedOver = fc.letrec<{ tree: PassedOver }>((tie) => ({
  tree: fc
    .array(fc.tuple(fc.constantFrom(...NAMES), fc.oneof(fc.constant<'all'>('all'), tie('tree'))), { maxLength: 4 })
    .map((fields) => Object.fromEntries(fields)),
})).tree;
const { json } = fc.letrec<{ json: unknown }>((tie) => ({
  json: fc.oneof(
    { depthSize: 'medium', withCrossShrink: true },
    fc.constantFrom(null, true, false, 0, -1.5e-7, '', 'x', '[{,:}]', '\\"', 'é'),
    fc.array(tie('json'), { maxLength: 3 }),
    fc.dictionary(names, tie('json'), { maxKeys: 6 }),
  ),
}));

test('what is left of JSON is what is left of its values', () => {
  fc.assert(
    fc.property(json, passedOver, fc.constantFrom(undefined, 1, '\t'), (value, fields, indent) => {
      const text = JSON.stringify(value, undefined, indent);
      const left = cutText(text, fields);
      assert.ok(left !== undefined);
      assert.deepEqual(JSON.parse(left), without(JSON.parse(text), fields));
    }),
    { seed, numRuns: 5_000 },
  );
});

test('a field is cut wherever it stands among others', () => {
  const fields: PassedOver = { cut: 'all', deep: { cut: 'all' } };
  const table = [
    ['{"cut":1}', '{}'],
    ['{"cut":1,"a":2}', '{"a":2}'],
    ['{"a":2,"cut":1}', '{"a":2}'],
    ['{ "cut":1 , "cut":2,"a":2 , "cut":[{}] ,"b":{} , "cut":"," }', '{ "a":2 , "b":{}}'],
    ['{"cut":1,"cut":2}', '{}'],
    ['{"deep":{"cut":1},"cut":0}', '{"deep":{}}'],
    ['{"deep":[{"cut":1,"a":0},[{"cut":1}],"cut"]}', '{"deep":[{"a":0},[{"cut":1}],"cut"]}'],
    ['{"deep":{"cut":1},"deep":{"a":1,"cut":1}}', '{"deep":{},"deep":{"a":1}}'],
    [String.raw`{"c\u0075t":1}`, String.raw`{"c\u0075t":1}`],
    ['[{"cut":1},{"b":1,"cut":1}]', '[{},{"b":1}]'],
  ] as const;
  for (const [text, left] of table) assert.equal(cutText(text, fields), left);
});

test('of what is not sound nothing is cut, wherever that is', () => {
  const texts = [
    '{"cut":tru}',
    '{"a":1,}',
    '{"cut":1,}',
    '{"cut" 1}',
    '{"cut":"\n"}',
    '{"cut":01}',
    '{"a":1 "cut":2}',
    '{',
    '',
  ];
  for (const text of texts) assert.equal(cutText(text, { cut: 'all' }), undefined, text);
});
