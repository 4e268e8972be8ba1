import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isPattern, namespacePattern } from '../../../../src/cluster/usage/namespace-pattern.ts';

for (const [name, pattern] of [
  ['pr-123', 'pr-*'],
  ['pr-7', 'pr-*'],
  ['preview-3fa9c1', 'preview-*'],
  ['preview-deadbeef', 'preview-*'],
  ['feature-1234-web', 'feature-*-web'],
  ['web2', 'web*'],
  ['cafe', 'cafe'],
  ['shop', 'shop'],
  ['a1b2c3d4-e5f6', '*-*'],
] as const) {
  test(`${name} is one of ${pattern}`, () => {
    assert.equal(namespacePattern(name), pattern);
    assert.equal(isPattern(pattern), pattern.includes('*'));
  });
}
