import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import { test } from 'node:test';
import fc from 'fast-check';
import { isSameValue } from '../../../src/cilium/same-value.ts';

const SEED = 20261123;
/** Few distinct leaves and names, so that values meet. */
const { value: anyValue } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom<unknown>(1, 'a', true, null, undefined),
    fc.array(tie('value'), { maxLength: 2 }),
    fc.dictionary(fc.constantFrom('a', '0', '__proto__'), tie('value'), { maxKeys: 2, noNullPrototype: true }),
    fc.array(fc.tuple(fc.constantFrom('a', 0), tie('value')), { maxLength: 2 }).map((entries) => new Map(entries)),
  ),
}));

test('values are the same where Node finds them deeply equal', () => {
  const property = fc.property(anyValue, anyValue, (a, b) => {
    assert.equal(isSameValue(a, b), isDeepStrictEqual(a, b));
    assert.ok(isSameValue(a, structuredClone(a)));
  });
  fc.assert(property, { seed: SEED, numRuns: 2_000 });
});

test('a list, a map and an object with the same parts differ', () => {
  assert.ok(!isSameValue(['x'], { 0: 'x' }));
  assert.ok(!isSameValue(['x'], new Map([[0, 'x']])));
  assert.ok(!isSameValue({ a: 'x' }, new Map([['a', 'x']])));
});

test('a value may be nested as deep as it likes', () => {
  const nested = (leaf: unknown): unknown => {
    let value = leaf;
    for (let depth = 0; depth < 100_000; depth += 1) value = [value];
    return value;
  };
  assert.ok(isSameValue(nested(1), nested(1)));
  assert.ok(!isSameValue(nested(1), nested(2)));
});
