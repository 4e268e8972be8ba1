import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsePrefix, formatPrefix } from '../../../../../src/cilium/policy/prefixes/cidr.ts';
import { KnownPrefixes } from '../../../../../src/cilium/policy/prefixes/known-prefixes.ts';

function known(texts: readonly string[], below?: KnownPrefixes): KnownPrefixes {
  const prefixes = new KnownPrefixes(below);
  for (const text of texts) prefixes.put(text, { prefix: prefixOf(text), cidr: undefined, carried: new Map() });
  return prefixes;
}

function prefixOf(text: string) {
  const prefix = parsePrefix(text);
  assert.ok(prefix);
  return prefix;
}

function around(prefixes: KnownPrefixes, text: string): readonly string[] {
  return [...prefixes.around(prefixOf(text))].map(({ prefix }) => formatPrefix(prefix));
}

const NESTED = ['10.0.0.0/8', '10.1.0.0/16', '10.1.2.0/24', '10.2.0.0/16', '::/0', '0.0.0.0/0'];

test('around a prefix are those that hold it, the longest first, and itself is not', () => {
  assert.deepEqual(around(known(NESTED), '10.1.2.0/24'), ['10.1.0.0/16', '10.0.0.0/8', '0.0.0.0/0']);
  assert.deepEqual(around(known(NESTED), '10.1.2.3/32'), ['10.1.2.0/24', '10.1.0.0/16', '10.0.0.0/8', '0.0.0.0/0']);
  assert.deepEqual(around(known(NESTED), '0.0.0.0/0'), []);
});

test('what lies over others hides those that it forgot, and adds its own', () => {
  const over = known(['10.1.2.0/25'], known(NESTED));
  over.forget('10.1.0.0/16', prefixOf('10.1.0.0/16'));
  assert.deepEqual(around(over, '10.1.2.3/32'), ['10.1.2.0/25', '10.1.2.0/24', '10.0.0.0/8', '0.0.0.0/0']);
});
