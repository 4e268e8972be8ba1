import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { refOf, type ClusterObject, type Kind } from '../../../src/cilium/objects.ts';
import type { DNSAnswers } from '../../../src/cilium/policy/prefixes/fqdn.ts';
import { runToEnd } from '../../../src/cilium/run-to-end.ts';
import { ClusterStore } from '../../../src/cluster/store.ts';
import { decoded, storeWith, version, type Json } from '../../support/objects.ts';
import { anyCluster, anyDNSAnswers, anyObject, RUNS, SEED, WITH_EVERYTHING } from '../../support/random-cluster.ts';
import { answersOf } from '../../support/view-answers.ts';

const anyVersion = fc.constantFrom('1.18.8', '1.19.7', '1.20.2');
const options = { seed: SEED, numRuns: RUNS };
const fullCluster = anyCluster.map((objects) => [WITH_EVERYTHING, ...objects]);

/** What a change of them does to the peers of policies is told by events alone. */
const NOT_JUDGED: ReadonlySet<Kind> = new Set([
  'CiliumIdentity',
  'CiliumEndpoint',
  'Node',
  'CiliumNode',
  'Service',
  'EndpointSlice',
]);

/** What one agent after the other has learned. */
function learn(store: ClusterStore, names: readonly DNSAnswers[]): void {
  for (const [index, answers] of names.entries()) store.apply({ type: 'dns-cache', agent: `cilium-${index}`, answers });
}

/** The last object under each name, which is what a cluster holds. */
function lastOfEach(objects: readonly Json[]): readonly Json[] {
  const byRef = new Map(objects.map((raw) => [JSON.stringify(refOf(decoded(raw))), raw]));
  return [...byRef.values()];
}

test('the order in which objects arrive changes no answer', () => {
  const cases = fullCluster.chain((objects) =>
    fc.record({ objects: fc.constant(lastOfEach(objects)), version: anyVersion }).chain((parts) =>
      fc.record({
        one: fc.constant(parts),
        shuffled: fc.shuffledSubarray([...parts.objects], { minLength: parts.objects.length }),
        names: fc.array(anyDNSAnswers, { maxLength: 3 }),
      }),
    ),
  );
  fc.assert(
    fc.property(cases, ({ one, shuffled, names }) => {
      const store = storeWith(one.objects, one.version);
      learn(store, names);
      const other = new ClusterStore({ version: version(one.version) });
      learn(other, names);
      for (const raw of shuffled) other.apply({ type: 'upsert', object: decoded(raw) });
      assert.deepEqual(answersOf(other.view()), answersOf(store.view()));
    }),
    options,
  );
});

test('a model that was kept up answers as one that was built from what is left', () => {
  const steps = fc.array(fc.record({ raw: anyObject, remove: fc.boolean(), names: anyDNSAnswers }), { maxLength: 20 });
  fc.assert(
    fc.property(fullCluster, steps, anyVersion, (objects, changes, ciliumVersion) => {
      const store = storeWith(objects, ciliumVersion);
      const left = new Map<string, ClusterObject>();
      for (const raw of objects) left.set(JSON.stringify(refOf(decoded(raw))), decoded(raw));
      for (const { raw, remove, names } of changes) {
        answersOf(store.view());
        learn(store, [names]);
        const object = decoded(raw);
        const key = JSON.stringify(refOf(object));
        store.apply(remove ? { type: 'delete', ref: refOf(object) } : { type: 'upsert', object });
        if (remove) left.delete(key);
        else left.set(key, object);
      }
      const fresh = new ClusterStore({ version: version(ciliumVersion) });
      for (const object of left.values()) fresh.apply({ type: 'upsert', object });
      learn(
        fresh,
        changes.slice(-1).map(({ names }) => names),
      );
      assert.deepEqual(answersOf(store.view()), answersOf(fresh.view()));
    }),
    options,
  );
});

test('a model that is loaded answers as one that derived everything as it came, whether somebody asks meanwhile or not', () => {
  const step = fc.record({ raw: anyObject, remove: fc.boolean(), isAsked: fc.boolean() });
  fc.assert(
    fc.property(fullCluster, fc.array(step, { maxLength: 20 }), anyVersion, (objects, changes, ciliumVersion) => {
      const plain = storeWith(objects, ciliumVersion);
      const loaded = new ClusterStore({ version: version(ciliumVersion) });
      loaded.beginLoad();
      for (const raw of objects) loaded.apply({ type: 'upsert', object: decoded(raw) });
      for (const { raw, remove, isAsked } of changes) {
        const object = decoded(raw);
        const event = remove
          ? ({ type: 'delete', ref: refOf(object) } as const)
          : ({ type: 'upsert', object } as const);
        for (const store of [plain, loaded]) store.apply(event);
        if (isAsked) assert.deepEqual(answersOf(loaded.view()), answersOf(plain.view()));
      }
      loaded.endLoad();
      assert.deepEqual(answersOf(loaded.view()), answersOf(plain.view()));
    }),
    options,
  );
});

test('the first event after a load says that everything is new', () => {
  const store = new ClusterStore({ version: version('1.20.2') });
  store.beginLoad();
  assert.equal(store.apply({ type: 'upsert', object: decoded(WITH_EVERYTHING) }).rebuilt, false);
  store.view();
  assert.equal(store.apply({ type: 'upsert', object: decoded(WITH_EVERYTHING) }).rebuilt, true);
});

test('a what-if view answers as a store that the change was applied to', () => {
  fc.assert(
    fc.property(fullCluster, anyObject, anyVersion, anyDNSAnswers, (objects, raw, ciliumVersion, names) => {
      const object = decoded(raw);
      if (NOT_JUDGED.has(object.kind)) return;
      const store = storeWith(objects, ciliumVersion);
      learn(store, [names]);
      const after = answersOf(store.view().after({ op: 'create', after: object }));
      store.apply({ type: 'upsert', object });
      const applied = new Map(answersOf(store.view()).map((answer) => [answer.key, answer]));
      for (const answer of after) {
        const known = applied.get(answer.key);
        // What lingers in the what-if (a key that its last pod has left) is gone from a store without an object for it.
        if (known !== undefined) assert.deepEqual({ ...answer, endpoints: [] }, { ...known, endpoints: [] });
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
    fc.property(fullCluster, anyVersion, (objects, ciliumVersion) => {
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
