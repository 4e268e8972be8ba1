import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { escapePointer, parsePointer, pointerTo } from '../../../src/cilium/json-pointer.ts';

test('the place of a rule is a pointer', () => {
  assert.equal(pointerTo('spec.ingress[0].fromEndpoints[1]'), '/spec/ingress/0/fromEndpoints/1');
});

test('tokens that are written are those that are read', () => {
  const property = fc.property(fc.array(fc.string({ unit: fc.constantFrom('~', '/', '0', '1', 'a') })), (tokens) => {
    assert.deepEqual(parsePointer(tokens.map((token) => `/${escapePointer(token)}`).join('')), tokens);
  });
  fc.assert(property, { seed: 6_901 });
});

test('what does not start with a slash, or has a bare tilde, is no pointer', () => {
  for (const text of ['a', '~', '/~', '/~2']) assert.equal(parsePointer(text), undefined);
});
