import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatFieldPath, parseFieldPath } from '../../../../src/kubernetes/decode/field-path.ts';

test('plain names are joined by dots, indexes stand in brackets, other names are quoted', () => {
  assert.equal(formatFieldPath(['spec', 'ingress', 0, 'fromEndpoints', 1]), 'spec.ingress[0].fromEndpoints[1]');
  assert.equal(formatFieldPath(['metadata', 'labels', 'a.b/c']), 'metadata.labels["a.b/c"]');
  assert.equal(formatFieldPath(['security-labels', 'k8s:app']), 'security-labels["k8s:app"]');
  assert.equal(formatFieldPath(['labels', '0']), 'labels["0"]');
  assert.equal(formatFieldPath([]), '');
});

test('a path that is none is told from one that is', () => {
  for (const path of ['a..b', 'a[', 'a[x]', 'a["x]', '[-1]', 'a b'])
    assert.equal(parseFieldPath(path), undefined, path);
});

test('every path can be read back', () => {
  const segments = fc.array(fc.oneof(fc.string(), fc.nat({ max: 999_999 })));
  fc.assert(
    fc.property(segments, (written) => {
      assert.deepEqual(parseFieldPath(formatFieldPath(written)), written);
    }),
    { seed: 20261122 },
  );
});
