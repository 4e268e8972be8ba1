/**
 * Whether a class has an endpoint: known from events, and the same as a look at each of its members.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { refOf } from '../../../../src/cilium/objects.ts';
import type { Change } from '../../../../src/cluster/change.ts';
import type { PolicyClass } from '../../../../src/cluster/policy-class.ts';
import type { ClusterView } from '../../../../src/cluster/view.ts';
import { identityIn } from '../../../support/churn.ts';
import { countedView } from '../../../support/counted-view.ts';
import { decoded, namespace, pod, policy, storeWith, type Json } from '../../../support/objects.ts';
import { anyCluster, anyNamespace, anyObject, anyPod, RUNS, SEED } from '../../../support/random-cluster.ts';
import { submit } from '../../../support/review.ts';

function hasUsedMember(policyClass: PolicyClass, view: ClusterView): boolean {
  return [...view.membersOf(policyClass)].some((id) => view.useOf(id).pods + view.useOf(id).endpoints > 0);
}

/** Those of every identity, host endpoints too. */
function classesOf(view: ClusterView): readonly PolicyClass[] {
  const ids = [...view.identities(), ...view.hostEndpoints()];
  return ids.map((id) => view.classOf(view.labelsOf(id) ?? [], id));
}

function assertSame(view: ClusterView, classes: readonly PolicyClass[]): void {
  for (const policyClass of classes) {
    assert.equal(view.hasEndpoint(policyClass), hasUsedMember(policyClass, view));
  }
}

function changeTo(view: ClusterView, raw: Json): Change {
  const after = decoded(raw);
  const before = after.kind === 'Pod' ? view.pod(after.namespace, after.name) : view.namespace(refOf(after).name);
  return before === undefined ? { op: 'create', after } : { op: 'update', before, after };
}

test('whatever happened, and whatever would, it is so exactly if a member has a pod or an endpoint', () => {
  const changes = fc.array(fc.oneof(anyPod, anyNamespace), { minLength: 1, maxLength: 2 });
  const events = fc.array(anyObject, { maxLength: 8 });
  fc.assert(
    fc.property(anyCluster, events, changes, (objects, more, submitted) => {
      const store = storeWith(objects);
      assertSame(store.view(), classesOf(store.view()));
      for (const raw of more) {
        const object = decoded(raw);
        const isThere = store.get(refOf(object)) !== undefined;
        store.apply(isThere ? { type: 'delete', ref: refOf(object) } : { type: 'upsert', object });
        assertSame(store.view(), classesOf(store.view()));
      }
      let view = store.view();
      for (const raw of submitted) {
        const classes = classesOf(view);
        view = view.after(changeTo(view, raw));
        assertSame(view, [...classes, ...classesOf(view)]);
      }
      assertSame(view.settled(), classesOf(view));
    }),
    { seed: SEED, numRuns: RUNS },
  );
});

test('an endpoint of an identity of another cluster counts, too', () => {
  const far = 2 ** 16 + 300;
  const store = storeWith([namespace('ci'), identityIn('ci', far, { app: 'far' })]);
  const has = (): boolean => {
    const view = store.view();
    return view.hasEndpoint(view.classOf(view.labelsOf(far) ?? [], far));
  };
  assert.equal(has(), false);
  const metadata = { namespace: 'ci', name: 'far' };
  const raw = { apiVersion: 'cilium.io/v2', kind: 'CiliumEndpoint', metadata, status: { identity: { id: far } } };
  store.apply({ type: 'upsert', object: decoded(raw) });
  assert.equal(has(), true);
  store.apply({ type: 'delete', ref: { kind: 'CiliumEndpoint', ...metadata } });
  assert.equal(has(), false);
});

describe('a decision about a new identity', () => {
  /** Which all of these let in, though none of them has an endpoint. */
  function questions(unused: number): { readonly members: number; readonly classes: number } {
    const everybody = policy('ci/all', { endpointSelector: {}, ingress: [{ fromEndpoints: [{}] }] });
    const store = storeWith([
      namespace('ci'),
      everybody,
      ...Array.from({ length: unused }, (_, index) =>
        identityIn('ci', 1_000 + index, { app: 'old' }, `account-${index}`),
      ),
    ]);
    const members = countedView(store.view(), 'useOf', 'membersOf');
    const classes = countedView(members.view, 'hasEndpoint');
    assert.equal(submit(classes.view, pod('ci/new', { app: 'new' })).verdict, 'allow');
    return { members: members.calls(), classes: classes.calls() };
  }

  test('asks as much of a class of many identities without an endpoint as of one of few', () => {
    const few = questions(20);
    assert.ok(few.classes > 0);
    assert.deepEqual(questions(2_000), few);
  });
});
