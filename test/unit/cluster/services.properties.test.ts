/**
 * Policies that refer to Services, in a model that was kept up, against one that was given what is left.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { refOf, type ClusterObject } from '../../../src/cilium/objects.ts';
import { ClusterStore } from '../../../src/cluster/store.ts';
import { decoded, namespace, pod, policy, storeWith, version } from '../../support/objects.ts';
import {
  anyEndpoints,
  anyEndpointSlice,
  anyService,
  NAMESPACES,
  RUNS,
  SEED,
  serviceReference,
} from '../../support/random-cluster.ts';
import { answersOf } from '../../support/view-answers.ts';

const anyVersion = fc.constantFrom('1.18.8', '1.19.7', '1.20.2');
const options = { seed: SEED, numRuns: RUNS };

const PODS = NAMESPACES.flatMap((name) => [
  namespace(name),
  pod(`${name}/p0`, { app: 'web', tier: 'front' }),
  pod(`${name}/p1`, { app: 'db', tier: 'back' }),
]);

const toServices = fc
  .record({
    references: fc.array(serviceReference, { minLength: 1, maxLength: 2 }),
    ports: fc.constantFrom({}, { toPorts: [{ ports: [{ port: '443', protocol: 'TCP' }] }] }),
  })
  .map(({ references, ports }) => ({ toServices: references, ...ports }));

const anyPolicy = fc
  .record({
    name: fc.constantFrom('one', 'two'),
    rule: fc.oneof(toServices, fc.constant({ toEntities: ['kube-apiserver'] })),
    list: fc.constantFrom('egress', 'egressDeny'),
  })
  .map(({ name, rule, list }) => policy(`alpha/${name}`, { endpointSelector: {}, [list]: [rule] }));

const anyObject = fc.oneof(anyService, anyEndpointSlice, anyEndpoints, anyPolicy);
const steps = fc.array(fc.record({ raw: anyObject, remove: fc.boolean(), look: fc.boolean() }), { maxLength: 25 });

test('Services, EndpointSlices, Endpoints and policies that come, change and go leave what there is', () => {
  fc.assert(
    fc.property(steps, anyVersion, (changes, ciliumVersion) => {
      const store = storeWith(PODS, ciliumVersion);
      const left = new Map(PODS.map((raw) => [keyOf(decoded(raw)), decoded(raw)]));
      for (const { raw, remove, look } of changes) {
        if (look) answersOf(store.view());
        const object = decoded(raw);
        store.apply(remove ? { type: 'delete', ref: refOf(object) } : { type: 'upsert', object });
        if (remove) left.delete(keyOf(object));
        else left.set(keyOf(object), object);
      }
      const fresh = new ClusterStore({ version: version(ciliumVersion) });
      for (const object of left.values()) fresh.apply({ type: 'upsert', object });
      assert.deepEqual(answersOf(store.view()), answersOf(fresh.view()));
    }),
    options,
  );
});

test('the order in which they arrive changes no answer', () => {
  const cases = fc
    .uniqueArray(anyObject, { selector: (raw) => keyOf(decoded(raw)), maxLength: 15 })
    .chain((objects) => fc.tuple(fc.constant(objects), fc.shuffledSubarray(objects, { minLength: objects.length })));
  fc.assert(
    fc.property(cases, anyVersion, ([objects, shuffled], ciliumVersion) => {
      const inOrder = answersOf(storeWith([...PODS, ...objects], ciliumVersion).view());
      assert.deepEqual(answersOf(storeWith([...shuffled, ...PODS], ciliumVersion).view()), inOrder);
    }),
    options,
  );
});

function keyOf(object: ClusterObject): string {
  return JSON.stringify(refOf(object));
}
