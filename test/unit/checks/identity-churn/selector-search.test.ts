import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pause } from '../../../../src/checks/check.ts';
import { SelectorSearch, type Sought } from '../../../../src/checks/identity-churn/selector-search.ts';
import { labelArray, type LabelArray } from '../../../../src/cilium/identity/label.ts';
import { endpointSelector, equals } from '../../../../src/cilium/policy/selector.ts';

const KEYS = Array.from({ length: 2_000 }, (_, index) => `key-${index}`);
const LONG = endpointSelector(KEYS.map((key) => equals('k8s', key, 'x')));
const TAKEN = labelArray(KEYS.map((key) => ({ source: 'k8s', key, value: 'x' })));
const OTHER = labelArray([{ source: 'k8s', key: 'app', value: 'x' }]);

interface Found {
  readonly indices: readonly number[];
  readonly pauses: number;
}

function found(search: SelectorSearch, pods: readonly LabelArray[], most: number): Found {
  const sought: Sought<number> = {
    pods: pods.keys(),
    selectors: [LONG],
    labelsOf: (index) => [pods[index] ?? OTHER],
    most,
  };
  const steps: Generator<Pause, readonly number[]> = search.first(sought);
  for (let pauses = 0; ; pauses += 1) {
    const step = steps.next();
    if (step.done === true) return { indices: step.value, pauses };
  }
}

test('each pod that a rule of 2,000 requirements is put to is a step of its own', () => {
  const { indices, pauses } = found(new SelectorSearch(), [OTHER, OTHER, OTHER, TAKEN], 2);
  assert.deepEqual(indices, [3]);
  assert.equal(pauses, 4);
});

test('nothing is looked at once as many are found as are wanted', () => {
  const { indices, pauses } = found(new SelectorSearch(), [TAKEN, TAKEN, TAKEN, TAKEN], 2);
  assert.deepEqual([indices, pauses], [[0, 1], 2]);
});

test('there is an end to it, for all searches together', () => {
  const search = new SelectorSearch();
  const many = Array.from({ length: 500 }, () => OTHER);
  const { indices, pauses } = found(search, [...many, TAKEN], 1);
  assert.deepEqual(indices, []);
  assert.ok(pauses < 200, `${pauses} pauses`);
  assert.deepEqual(found(search, [TAKEN], 1).indices, []);
});
