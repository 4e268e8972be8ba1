import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ciliumKey, meets } from '../../../../src/cilium/replay/conditions.ts';
import { labels } from './build.ts';

const READ: readonly (readonly [text: string, source: string, key: string])[] = [
  ['app', 'any', 'app'],
  ['k8s:app', 'k8s', 'app'],
  ['$host', 'reserved', 'host'],
  ['reserved.host', 'reserved', 'host'],
  ['app=', 'any', 'app'],
  [':app', 'any', 'app'],
  ['k8s:app=x=y', 'k8s', 'app'],
  ['$host=', 'reserved', 'host'],
];

for (const [text, source, key] of READ) {
  test(`until 1.19 the key "${text}" of a selector asks for ${source}:${key}`, () => {
    assert.deepEqual(ciliumKey(true)(text), { source, key });
  });
}

test('since 1.20 what stands before the first colon is the source, and the rest the key, whatever is in it', () => {
  assert.deepEqual(ciliumKey(false)('k8s:app='), { source: 'k8s', key: 'app=' });
  assert.deepEqual(ciliumKey(false)('k:app'), { source: 'k', key: 'app' });
  assert.deepEqual(ciliumKey(false)(':app:x'), { source: 'any', key: 'app:x' });
  assert.deepEqual(ciliumKey(false)('$host'), { source: 'any', key: '$host' });
});

test('a condition with an operator that nobody knows is met by nobody', () => {
  const condition = { source: 'k8s', key: 'app', operator: 'Like', values: ['web'] };
  assert.equal(meets(labels('k8s:app=web'), [condition]), false);
});
