import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NumericIdentity } from '../../../../src/cilium/identity/numeric-identity.ts';
import { canonicalKey, labelArray } from '../../../../src/cilium/identity/label.ts';
import { runToEnd } from '../../../../src/cilium/run-to-end.ts';
import { endpointSelector, equals, exists, type EndpointSelector } from '../../../../src/cilium/policy/selector.ts';
import { identityRecord, type IdentityRecord } from '../../../../src/cluster/identities/identity-layer.ts';
import { LabelIndex } from '../../../../src/cluster/identities/label-index.ts';
import { SelectorCache } from '../../../../src/cluster/identities/selector-cache.ts';

const apps = endpointSelector([exists('k8s', 'app')]);
const web = endpointSelector([equals('k8s', 'app', 'web')]);

/** A cache with room for so many members, and how often it looked through the identities. */
function cacheOf(room: number) {
  const records = new Map<NumericIdentity, IdentityRecord>();
  let looked = 0;
  class CountingIndex extends LabelIndex {
    override candidates(selector: EndpointSelector) {
      looked += 1;
      return super.candidates(selector);
    }
  }
  const index = new CountingIndex();
  const cache = new SelectorCache(records, index, room);
  const add = (id: number, app: string): void => {
    const labels = labelArray([{ source: 'k8s', key: 'app', value: app }]);
    const record = identityRecord(id, canonicalKey(labels), labels);
    records.set(id, record);
    index.add(id, labels);
    cache.identityAdded(record);
  };
  const remove = (id: number): void => {
    const record = records.get(id);
    assert.ok(record !== undefined);
    records.delete(id);
    index.remove(id, record.labels);
    cache.identityRemoved(record);
  };
  const looks = (): number => {
    const before = looked;
    looked = 0;
    return before;
  };
  return { cache, add, remove, looks };
}

test('a retained selector is looked up once, and kept up from then on', () => {
  const { cache, add, remove, looks } = cacheOf(10);
  cache.retain(apps);
  add(1, 'web');
  assert.deepEqual([...cache.selections(apps)], [1]);
  add(2, 'db');
  remove(1);
  assert.deepEqual([...cache.selections(apps)], [2]);
  assert.equal(looks(), 1);
});

test('a selector for which there is no room is looked up each time, and selects the same', () => {
  const { cache, add, looks } = cacheOf(2);
  for (const selector of [apps, web]) cache.retain(selector);
  for (const [id, app] of [
    [1, 'web'],
    [2, 'db'],
  ] as const)
    add(id, app);
  for (let time = 0; time < 2; time += 1) {
    assert.deepEqual([...cache.selections(apps)], [1, 2]);
    assert.deepEqual([...cache.selections(web)], [1]);
  }
  assert.equal(looks(), 3);
});

test('room comes back with a released selector, and with identities that go', () => {
  const { cache, add, remove, looks } = cacheOf(2);
  for (const selector of [apps, web]) cache.retain(selector);
  for (const [id, app] of [
    [1, 'web'],
    [2, 'db'],
  ] as const)
    add(id, app);
  cache.selections(apps);
  remove(2);
  for (let time = 0; time < 2; time += 1) cache.selections(web);
  assert.equal(looks(), 2);
  cache.release(apps);
  add(3, 'web');
  assert.deepEqual([...cache.selections(web)], [1, 3]);
  assert.equal(looks(), 0);
});

/** So many that a look at all of them pauses thrice. */
const MANY = 4_000;
const LOOKED_AT_FIRST = 1_024;

function manyOf(): ReturnType<typeof cacheOf> {
  const all = cacheOf(10 * MANY);
  all.cache.retain(apps);
  for (let id = 1; id <= MANY; id += 1) all.add(id, 'web');
  all.looks();
  return all;
}

test('a retained selector is looked up in pieces, and who comes or goes meanwhile is among those found, or not', () => {
  const { cache, add, remove, looks } = manyOf();
  const steps = cache.selectionsSteps(apps);
  assert.equal(steps.next().done, false);
  add(MANY + 1, 'db');
  remove(1);
  remove(MANY);
  assert.equal(steps.next().done, false);
  add(1, 'db');
  remove(2);
  remove(MANY + 1);
  const found = runToEnd(steps);
  const expected = [1, ...Array.from({ length: MANY - 3 }, (_, index) => index + 3)];
  assert.deepEqual([...found], expected);
  add(MANY + 2, 'web');
  assert.deepEqual([...cache.selections(apps)], [...expected, MANY + 2]);
  assert.equal(looks(), 1);
});

test('two who look for the same at a time find the same', () => {
  const { cache, add, remove } = manyOf();
  const first = cache.selectionsSteps(apps);
  first.next();
  add(MANY + 1, 'db');
  const second = cache.selectionsSteps(apps);
  second.next();
  remove(MANY + 1);
  const found = runToEnd(first);
  assert.equal(found.length, MANY);
  remove(1);
  assert.deepEqual(runToEnd(second), found.slice(1));
  assert.deepEqual(cache.selections(apps), found.slice(1));
});

test('who looks for longer than thousands come and go keeps nothing of what was found', () => {
  const { cache, add, remove, looks } = manyOf();
  const steps = cache.selectionsSteps(apps);
  steps.next();
  for (let id = MANY + 1; id <= MANY + 5_000; id += 1) add(id, 'web');
  for (let id = MANY + 1; id <= MANY + 5_000; id += 1) remove(id);
  runToEnd(steps);
  assert.equal(cache.selections(apps).length, MANY);
  assert.equal(looks(), 2);
});

test('a selector that is let go of while somebody looks for it is not kept', () => {
  const { cache, add } = manyOf();
  const steps = cache.selectionsSteps(apps);
  steps.next();
  cache.release(apps);
  assert.equal(runToEnd(steps).length, MANY);
  cache.retain(apps);
  add(MANY + 1, 'web');
  assert.equal(cache.selections(apps).length, MANY + 1);
});

test('of those who go in a pause of a question asked once, who comes back is selected by its labels of now', () => {
  const others = endpointSelector([{ source: 'k8s', key: 'app', operator: 'NotIn', values: ['db'] }]);
  for (const [selector, comeBack, expected] of [
    [web, true, LOOKED_AT_FIRST],
    [others, true, LOOKED_AT_FIRST],
    [others, false, LOOKED_AT_FIRST],
    [apps, true, MANY],
    [apps, false, LOOKED_AT_FIRST],
  ] as const) {
    const { cache, add, remove } = cacheOf(10 * MANY);
    for (let id = 1; id <= MANY; id += 1) add(id, 'web');
    const steps = cache.selectionsSteps(selector);
    steps.next();
    for (let id = 1; id <= MANY; id += 1) remove(id);
    if (comeBack) for (let id = 1; id <= MANY; id += 1) add(id, 'db');
    assert.equal(runToEnd(steps).length, expected, selector.key);
  }
});
