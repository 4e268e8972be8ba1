import assert from 'node:assert/strict';
import { test } from 'node:test';
import { joinedLogs, logTexts } from '../../../../src/cilium/policy/log-text.ts';

test('texts of two rules are joined in order, each once', () => {
  const both = joinedLogs('web', 'db');
  assert.deepEqual(logTexts(both), ['db', 'web']);
  assert.deepEqual(logTexts(joinedLogs(both, 'cache')), ['cache', 'db', 'web']);
  assert.equal(joinedLogs(both, 'web'), both);
  assert.equal(joinedLogs('web', 'web'), 'web');
});

test('a rule without a text adds none', () => {
  assert.equal(joinedLogs('web', undefined), 'web');
  assert.equal(joinedLogs(undefined, 'web'), 'web');
  assert.equal(joinedLogs(undefined, undefined), undefined);
  const unordered = ['web', 'db'].join('\u001f');
  assert.equal(joinedLogs(unordered, undefined), unordered);
  assert.equal(joinedLogs(undefined, unordered), unordered);
  assert.deepEqual(logTexts(undefined), []);
});
