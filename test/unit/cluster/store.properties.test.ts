import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { refOf, type ClusterObject } from '../../../src/cilium/objects.ts';
import { runToEnd } from '../../../src/cilium/run-to-end.ts';
import { ClusterStore } from '../../../src/cluster/store.ts';
import { decoded, storeWith, version, type Json } from '../../support/objects.ts';
import { anyCluster, anyObject, RUNS, SEED } from '../../support/random-cluster.ts';
import { answersOf } from '../../support/view-answers.ts';

const anyVersion = fc.constantFrom('1.18.8', '1.19.7', '1.20.2');
const options = { seed: SEED, numRuns: RUNS };

/** The last object under each name, which is what a cluster holds. */
function lastOfEach(objects: readonly Json[]): readonly Json[] {
  const byRef = new Map(objects.map((raw) => [JSON.stringify(refOf(decoded(raw))), raw]));
  return [...byRef.values()];
}

test('the order in which objects arrive changes no answer', () => {
  const cases = anyCluster.chain((objects) =>
    fc.record({ objects: fc.constant(lastOfEach(objects)), version: anyVersion }).chain((parts) =>
      fc.record({
        one: fc.constant(parts),
        shuffled: fc.shuffledSubarray([...parts.objects], { minLength: parts.objects.length }),
      }),
    ),
  );
  fc.assert(
    fc.property(cases, ({ one, shuffled }) => {
      const there = answersOf(storeWith(one.objects, one.version).view());
      assert.deepEqual(answersOf(storeWith(shuffled, one.version).view()), there);
    }),
    options,
  );
});

test('a model that was kept up answers as one that was built from what is left', () => {
  const steps = fc.array(fc.record({ raw: anyObject, remove: fc.boolean() }), { maxLength: 20 });
  fc.assert(
    fc.property(anyCluster, steps, anyVersion, (objects, changes, ciliumVersion) => {
      const store = storeWith(objects, ciliumVersion);
      const left = new Map<string, ClusterObject>();
      for (const raw of objects) left.set(JSON.stringify(refOf(decoded(raw))), decoded(raw));
      for (const { raw, remove } of changes) {
        answersOf(store.view());
        const object = decoded(raw);
        const key = JSON.stringify(refOf(object));
        store.apply(remove ? { type: 'delete', ref: refOf(object) } : { type: 'upsert', object });
        if (remove) left.delete(key);
        else left.set(key, object);
      }
      const fresh = new ClusterStore({ version: version(ciliumVersion) });
      for (const object of left.values()) fresh.apply({ type: 'upsert', object });
      assert.deepEqual(answersOf(store.view()), answersOf(fresh.view()));
    }),
    options,
  );
});

test('a what-if view answers as a store that the change was applied to', () => {
  fc.assert(
    fc.property(anyCluster, anyObject, anyVersion, (objects, raw, ciliumVersion) => {
      const object = decoded(raw);
      if (object.kind === 'CiliumIdentity') return;
      const store = storeWith(objects, ciliumVersion);
      const after = answersOf(store.view().after({ op: 'create', after: object }));
      store.apply({ type: 'upsert', object });
      const applied = new Map(answersOf(store.view()).map((answer) => [answer.key, answer]));
      for (const answer of after) {
        const known = applied.get(answer.key);
        // What lingers in the what-if (a key that its last pod has left) is gone from a store without an object for it.
        if (known !== undefined)
          assert.deepEqual(
            { ...answer, entries: 0, map: [], classSize: 0 },
            { ...known, entries: 0, map: [], classSize: 0 },
          );
        else assert.deepEqual(answer.pods, []);
      }
      const lingers = after.some(({ key }) => !applied.has(key));
      if (!lingers) assert.deepEqual(after, [...applied.values()]);
    }),
    options,
  );
});

test('a settled cluster holds the identities that pods or endpoints have, and no other', () => {
  fc.assert(
    fc.property(anyCluster, anyVersion, (objects, ciliumVersion) => {
      const view = storeWith(objects, ciliumVersion).view();
      const settled = view.settled();
      const used = [...view.identities()].filter((id) => view.useOf(id).pods + view.useOf(id).endpoints > 0);
      assert.deepEqual([...settled.identities()], used);
      for (const id of used) {
        const policyClass = settled.classOf(view.labelsOf(id) ?? [], id);
        assert.equal(runToEnd(settled.entriesSteps(policyClass)), settled.policyMap(policyClass).size);
      }
    }),
    options,
  );
});
