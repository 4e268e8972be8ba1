import assert from 'node:assert/strict';
import { test } from 'node:test';
import { namespace, pod, storeWith, type Json } from '../../../support/objects.ts';
import { settingsWith, submit } from '../../../support/review.ts';

function labels(count: number): Readonly<Record<string, string>> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, 'v']));
}

function unknownsOf(ofNamespace: number, ofPod: number): readonly { readonly unfinished?: string }[] {
  const store = storeWith([namespace('a', labels(ofNamespace))]);
  const raw: Json = pod('a/web', labels(ofPod));
  return submit(store, raw, { settings: settingsWith('audit') }).unknowns;
}

test('the identity of a pod of some thousand labels is known', () => {
  assert.deepEqual(unknownsOf(1_000, 3_000), []);
});

test('beyond that it is unknown for its size, whether the labels are those of the pod or of its namespace', () => {
  for (const [ofNamespace, ofPod] of [[0, 4_097] as const, [4_097, 0] as const, [2_048, 2_049] as const]) {
    const [only, ...others] = unknownsOf(ofNamespace, ofPod);
    assert.equal(only?.unfinished, 'size');
    assert.deepEqual(others, []);
  }
});

test('a pod of too many labels is stored as one without an identity', () => {
  const store = storeWith([namespace('a'), pod('a/web', labels(4_097)), pod('a/db', labels(10))]);
  assert.equal([...store.view().identities()].length, 1);
});
