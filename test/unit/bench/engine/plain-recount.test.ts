/**
 * The judge of the engine's counts: counts from nothing.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseVersion } from '../../../../src/cilium/profile.ts';
import type { PolicyClass } from '../../../../src/cluster/policy-class.ts';
import { ClusterStore } from '../../../../src/cluster/store.ts';
import type { ClusterView } from '../../../../src/cluster/view.ts';
import { plainRecount, type PlainRecount } from '../../../../bench/children/plain-recount.ts';
import { clusterObjects } from '../../../../bench/engine/cluster-objects.ts';
import { planCluster } from '../../../../bench/engine/cluster.ts';
import { clusterAtScale } from '../../../../bench/engine/parameters.ts';
import { decoded } from '../../../../bench/workload/decoded.ts';
import { seededRandom } from '../../../../bench/workload/random.ts';

const SMALLEST = planCluster({ ...clusterAtScale(0.002, 7), podBytes: 0 });

function viewOf(text: string): ClusterView {
  const version = parseVersion(text);
  assert.ok(version.ok);
  const store = new ClusterStore({ version: version.value, tenantLabel: 'tenant' });
  for (const object of clusterObjects(SMALLEST)) store.apply({ type: 'upsert', object: decoded(object) });
  return store.view();
}

function recounted(view: ClusterView): PlainRecount {
  return plainRecount(view, { identities: [...view.identities()], wanted: 20, random: seededRandom(1) });
}

for (const version of ['1.18.8', '1.19.7', '1.20.2']) {
  test(`in ${version} counts from nothing are those of the store`, () => {
    const { classes, different, mostEntries } = recounted(viewOf(version));
    assert.ok(classes > 5, `${classes} classes`);
    assert.ok(mostEntries > 10, `${mostEntries} entries`);
    assert.equal(different, 0);
  });
}

test('a count that is off by one is noticed', () => {
  const view = viewOf('1.20.2');
  const entriesSteps = function* (policyClass: PolicyClass): Generator<undefined, number> {
    return (yield* view.entriesSteps(policyClass)) + 1;
  };
  const wrong = new Proxy(view, {
    get(target, name): unknown {
      const value: unknown = name === 'entriesSteps' ? entriesSteps : Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
  const { classes, different } = recounted(wrong);
  assert.equal(different, classes);
});
