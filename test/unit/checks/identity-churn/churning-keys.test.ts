import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PAUSE, type Pause } from '../../../../src/checks/check.ts';
import { churningKeys, type KeyQuestion } from '../../../../src/checks/identity-churn/churning-keys.ts';
import { labels } from '../../../support/objects.ts';

/** 60 identities; a label of `count` values for each key. */
function identities(values: Readonly<Record<string, number>>) {
  return Array.from({ length: 60 }, (_, index) =>
    labels(...Object.entries(values).map(([key, count]) => `k8s:${key}=${index % count}`)),
  );
}

function answer(values: Readonly<Record<string, number>>, question: Partial<KeyQuestion> = {}): readonly string[] {
  const walk = churningKeys(identities(values), { harmless: [], candidates: Object.keys(values), ...question });
  let step: IteratorResult<Pause, readonly string[]> = walk.next();
  while (step.done !== true) {
    assert.equal(step.value, PAUSE);
    step = walk.next();
  }
  return step.value;
}

for (const [statement, values, expected] of [
  ['a key with one value does not churn', { app: 1 }, []],
  ['a key that tells all apart churns', { app: 1, run: 60 }, ['run']],
  ['a key that tells half apart churns', { run: 30 }, ['run']],
  ['a key that tells less than half apart does not', { run: 29 }, []],
  ['keys that tell enough apart only together churn, and the one with more values is named', { a: 4, b: 15 }, ['b']],
  ['of keys that churn alone each is named', { run: 60, task: 60 }, ['run', 'task']],
] as const) {
  test(statement, () => {
    assert.deepEqual(answer(values), expected);
  });
}

test('a label that only some have tells those apart from the others, whatever its value', () => {
  const some = ['k8s:a=', 'k8s:a=', 'k8s:b=1', 'k8s:b=1'].map((text) => labels(text));
  const { value } = churningKeys(some, { harmless: [], candidates: ['a'] }).next();
  assert.deepEqual(value, ['a']);
});

test('a key with one value does not churn among two identities either', () => {
  const two = [labels('k8s:a=1'), labels('k8s:a=1')];
  const { value } = churningKeys(two, { harmless: [], candidates: ['a'] }).next();
  assert.deepEqual(value, []);
});

test('what is harmless is never named, but counts', () => {
  assert.deepEqual(answer({ a: 4, b: 15 }, { harmless: ['b'], candidates: ['a'] }), ['a']);
});

test('the order of the keys changes nothing', () => {
  assert.deepEqual(answer({ a: 15, b: 4, c: 60 }), answer({ c: 60, b: 4, a: 15 }));
});
