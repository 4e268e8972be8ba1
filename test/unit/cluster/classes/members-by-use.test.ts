/**
 * Who is in a class: those that are in use come first, whatever happened before.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { refOf } from '../../../../src/cilium/objects.ts';
import type { ClusterView } from '../../../../src/cluster/view.ts';
import { identityIn } from '../../../support/churn.ts';
import { decoded, namespace, pod, storeWith } from '../../../support/objects.ts';
import { anyCluster, anyObject, RUNS, SEED } from '../../../support/random-cluster.ts';

function isUsed(view: ClusterView, identity: number): boolean {
  const { pods, endpoints } = view.useOf(identity);
  return pods + endpoints > 0;
}

function assertUsedFirst(view: ClusterView): void {
  for (const identity of view.identities()) {
    const members = [...view.membersOf(view.classOf(view.labelsOf(identity) ?? [], identity))];
    assert.ok(members.includes(identity) || view.portSetsOf(identity)[Symbol.iterator]().next().done !== true);
    const used = members.map((member) => isUsed(view, member));
    assert.deepEqual(
      used,
      used.toSorted((a, b) => Number(b) - Number(a)),
    );
    assert.equal(new Set(members).size, members.length);
  }
}

test('of many unused identities the one that is in use comes first, until it is not', () => {
  const store = storeWith([
    namespace('ci'),
    ...Array.from({ length: 50 }, (_, index) => identityIn('ci', 1_000 + index, { app: `a${index}` })),
  ]);
  const first = (): number | undefined => {
    const view = store.view();
    const [member] = view.membersOf(view.classOf(view.labelsOf(1_000) ?? [], 1_000));
    return member;
  };
  for (const index of [40, 7, 49]) {
    const running = decoded(pod('ci/running', { app: `a${index}` }));
    store.apply({ type: 'upsert', object: running });
    assert.equal(first(), 1_000 + index);
    store.apply({ type: 'delete', ref: refOf(running) });
  }
  store.apply({ type: 'delete', ref: { kind: 'CiliumIdentity', name: String(first()) } });
  assert.equal([...store.view().identities()].length, 49);
});

test('so it is after any events', () => {
  fc.assert(
    fc.property(anyCluster, fc.array(anyObject, { maxLength: 10 }), (objects, more) => {
      const store = storeWith(objects);
      assertUsedFirst(store.view());
      for (const raw of more) {
        const object = decoded(raw);
        const isThere = store.get(refOf(object)) !== undefined;
        store.apply(isThere ? { type: 'delete', ref: refOf(object) } : { type: 'upsert', object });
        assertUsedFirst(store.view());
      }
    }),
    { seed: SEED, numRuns: RUNS },
  );
});
