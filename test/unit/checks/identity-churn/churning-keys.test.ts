import assert from 'node:assert/strict';
import { test } from 'node:test';
import { churningKeys, type KeyQuestion } from '../../../../src/checks/identity-churn/churning-keys.ts';
import { MergedKeys } from '../../../../src/cluster/usage/merged-keys.ts';
import { runToEnd } from '../../../../src/cilium/run-to-end.ts';
import { labels } from '../../../support/objects.ts';

type Values = Readonly<Record<string, number>>;
type Question = Partial<Omit<KeyQuestion, 'before'>> & { readonly inUse?: Values };

/** Identity number `index`, with one of `count` values for each key. */
function identity(values: Values, index: number) {
  return labels(...Object.entries(values).map(([key, count]) => `k8s:${key}=${index % count}`));
}

/** Of 60 unused identities, and a new one with values that none of them has. */
function answer(values: Values, { inUse, ...question }: Question = {}): readonly string[] {
  const keys = Object.keys(values);
  const before = {
    labels: labels(...keys.map((key) => `k8s:${key}=new`)),
    merged: new MergedKeys(() => Array.from({ length: 60 }, (_, index) => identity(values, index))),
    inUse: inUse === undefined ? [] : Array.from({ length: 20 }, (_, index) => identity(inUse, index)),
  };
  const limits = { unused: 50, ratio: 3 };
  return runToEnd(churningKeys({ before, limits, harmless: [], kept: [], candidates: keys, ...question }));
}

for (const [statement, values, expected] of [
  ['a key with one value does not churn', { team: 1 }, []],
  ['a key that tells all apart churns', { team: 1, run: 60 }, ['run']],
  ['keys that tell half apart churn', { run: 30 }, ['run']],
  ['keys that tell less than half apart do not', { run: 29 }, []],
  ['of keys that only together tell apart, the one with more values is named', { a: 4, b: 15 }, ['b']],
  ['of keys that churn alone each is named', { run: 60, task: 60 }, ['run', 'task']],
  ['the name of the application is not blamed with what follows it', { app: 60, chart: 60 }, []],
  ['nor is it where the rest churns', { app: 5, run: 60 }, ['run']],
] as const) {
  test(statement, () => {
    assert.deepEqual(answer(values), expected);
  });
}

test('one setting of the other keys may have as many values as the ratio allows, and no more', () => {
  for (const [ratio, expected] of [
    [3, ['b']],
    [4, []],
  ] as const) {
    const limits = { unused: 50, ratio };
    assert.deepEqual(answer({ a: 15, b: 4 }, { limits, harmless: ['a'], candidates: ['b'] }), expected);
  }
});

test('two values for one setting are needed to change, whatever the ratio', () => {
  const limits = { unused: 50, ratio: 0 };
  assert.deepEqual(answer({ a: 60 }, { limits }), ['a']);
  assert.deepEqual(answer({ a: 60, b: 60 }, { limits, harmless: ['a'], candidates: ['b'] }), []);
});

test('a key does not churn if half of its values are in use', () => {
  assert.deepEqual(answer({ service: 30 }, { inUse: { service: 15 } }), []);
  assert.deepEqual(answer({ service: 30 }, { inUse: { service: 14 } }), ['service']);
});

test('a label that only some have tells those apart from the others, whatever its value', () => {
  const merged = ['k8s:a=', 'k8s:a=', 'k8s:b=1', 'k8s:b=1'].map((text) => labels(text));
  const before = { labels: labels('k8s:a=new'), merged: new MergedKeys(() => merged), inUse: [] };
  const limits = { unused: 4, ratio: 1 };
  assert.deepEqual(runToEnd(churningKeys({ before, limits, harmless: [], kept: [], candidates: ['a'] })), ['a']);
});

test('what is harmless is never named, but tells apart', () => {
  assert.deepEqual(answer({ a: 4, b: 15 }, { harmless: ['b'], candidates: ['a'] }), ['a']);
  assert.deepEqual(answer({ a: 60, b: 60 }, { harmless: ['b'], candidates: ['a'] }), []);
});

test('values that came before excuse a key only while there are few', () => {
  const values = { a: 30, b: 60 };
  const before = {
    labels: identity(values, 7),
    merged: new MergedKeys(() => Array.from({ length: 60 }, (_, index) => identity(values, index))),
    inUse: [],
  };
  for (const [unused, expected] of [
    [7, []],
    [6, ['b']],
  ] as const) {
    const question = { before, limits: { unused, ratio: 1 }, harmless: [], kept: [], candidates: ['a', 'b'] };
    assert.deepEqual(runToEnd(churningKeys(question)), expected);
  }
});

test('the order of the keys changes nothing', () => {
  assert.deepEqual(answer({ a: 15, b: 4, c: 60 }), answer({ c: 60, b: 4, a: 15 }));
});

test('of hundreds of keys that change at once all are named, and few are tried one by one', () => {
  const values = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`key-${index}`, 60]));
  const identities = Array.from({ length: 60 }, (_, index) => identity(values, index));
  let looks = 0;
  const merged = new MergedKeys(() => {
    looks += 1;
    return identities;
  });
  const keys = Object.keys(values);
  const before = { labels: labels(...keys.map((key) => `k8s:${key}=new`)), merged, inUse: [] };
  const limits = { unused: 50, ratio: 3 };
  const churning = runToEnd(churningKeys({ before, limits, harmless: [], kept: [], candidates: keys }));
  assert.deepEqual([churning.length, looks <= 40], [300, true], `${churning.length} keys, ${looks} looks`);
});
