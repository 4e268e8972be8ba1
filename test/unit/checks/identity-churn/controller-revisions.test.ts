/**
 * StatefulSets and DaemonSets keep what they may go back to in ControllerRevisions: who goes back was judged then.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { churnyStore, ownerRef, workload } from '../../../support/churn.ts';
import { pod, type Json } from '../../../support/objects.ts';
import { finding, submit } from '../../../support/review.ts';

type Strings = Readonly<Record<string, string>>;

const OLD = { app: 'job', 'build-id': 'b-old' };
const NEW = { app: 'job', 'build-id': 'b-new' };

function revision(kind: string, path: string, labels: Strings, data?: unknown): Json {
  const [inNamespace, name] = path.split('/');
  const template = { $patch: 'replace', metadata: { labels }, spec: { containers: [{ name: 'main' }] } };
  return {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: { namespace: inNamespace, name: `${name}-7d4`, ownerReferences: [ownerRef(kind, path)] },
    revision: 1,
    data: data === undefined ? { spec: { template } } : data,
  };
}

function ownedPod(kind: string, labels: Strings, path = 'ci/db'): Json {
  return pod('ci/db-0', labels, { metadata: { ownerReferences: [ownerRef(kind, path)] } });
}

for (const kind of ['StatefulSet', 'DaemonSet']) {
  const stored = workload(kind, 'ci/db', NEW);
  const back = { before: stored };

  describe(`a ${kind}`, () => {
    test('goes back to a stored revision, and to nothing else', () => {
      const store = churnyStore(stored, revision(kind, 'ci/db', OLD));
      const decision = submit(store, workload(kind, 'ci/db', OLD), back);
      assert.equal(decision.verdict, 'allow');
      assert.equal(finding(decision, 'label-churn').severity, 'advice');
      assert.equal(submit(store, workload(kind, 'ci/db', { ...OLD, 'build-id': 'b-else' }), back).verdict, 'deny');
    });

    test('does not go back to the revision of another, or of one of another uid', () => {
      const others = revision(kind, 'ci/other', OLD);
      const made = revision(kind, 'ci/db', OLD);
      const forged = {
        ...made,
        metadata: { ...(made['metadata'] as Json), ownerReferences: [ownerRef(kind, 'ci/db', 'another')] },
      };
      for (const other of [others, forged]) {
        assert.equal(submit(churnyStore(stored, other), workload(kind, 'ci/db', OLD), back).verdict, 'deny');
      }
    });

    test('has pods of an older revision, whoever makes them', () => {
      const store = churnyStore(stored, revision(kind, 'ci/db', OLD));
      assert.equal(submit(store, ownedPod(kind, OLD)).verdict, 'allow');
      assert.equal(submit(store, ownedPod(kind, { ...OLD, 'build-id': 'b-else' })).verdict, 'deny');
      assert.equal(submit(churnyStore(stored), ownedPod(kind, OLD)).verdict, 'deny');
    });

    test('goes back to a label that is reserved now', () => {
      const reserved = { app: 'web', 'io.cilium.k8s.app': 'web' };
      const before = workload(kind, 'ci/db', { app: 'web' });
      const verdictWith = (...revisions: readonly Json[]) =>
        submit(churnyStore(before, ...revisions), workload(kind, 'ci/db', reserved), { before }).verdict;
      assert.equal(verdictWith(), 'deny');
      assert.equal(verdictWith(revision(kind, 'ci/db', reserved)), 'allow');
    });
  });
}

test('what another controller keeps in its revisions is no template, and no fault', () => {
  const stored = workload('StatefulSet', 'ci/db', NEW);
  for (const data of [{ spec: { template: 'x' } }, { raw: 'eyJ9' }, null, 7]) {
    const store = churnyStore(stored, revision('StatefulSet', 'ci/db', OLD, data));
    assert.equal(submit(store, workload('StatefulSet', 'ci/db', OLD), { before: stored }).verdict, 'deny');
  }
});

test('a revision that is deleted is nothing to go back to', () => {
  const stored = workload('StatefulSet', 'ci/db', NEW);
  const store = churnyStore(stored, revision('StatefulSet', 'ci/db', OLD));
  store.apply({ type: 'delete', ref: { kind: 'ControllerRevision', namespace: 'ci', name: 'db-7d4' } });
  assert.equal(submit(store, workload('StatefulSet', 'ci/db', OLD), { before: stored }).verdict, 'deny');
});
