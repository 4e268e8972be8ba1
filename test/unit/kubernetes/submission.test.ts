import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readReview } from '../../../src/kubernetes/admission-review.ts';
import type { DecodeError } from '../../../src/kubernetes/decode/decode-object.ts';
import { fileSubmission, NOT_JUDGED, toSubmission } from '../../../src/kubernetes/submission.ts';
import type { Submission } from '../../../src/checks/check.ts';

const PODS = {
  kind: { group: '', version: 'v1', kind: 'Pod' },
  resource: { group: '', version: 'v1', resource: 'pods' },
};

function answer(
  request: object,
): { readonly ok: true; readonly value: Submission | string } | { ok: false; error: DecodeError } {
  const review = readReview({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: { uid: 'u', ...PODS, operation: 'CREATE', userInfo: { username: 'jane', groups: ['dev'] }, ...request },
  });
  assert.ok(review.ok);
  return toSubmission(review.value);
}

function submission(request: object): Submission {
  const outcome = answer(request);
  assert.ok(outcome.ok, JSON.stringify(outcome));
  assert.ok(typeof outcome.value !== 'string', 'not judged');
  return outcome.value;
}

const pod = (labels: object, name = 'web-0') => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'team-a', labels },
  spec: {},
});

test('a CREATE is a change without a before', () => {
  const { change, requester, dryRun } = submission({ object: pod({ app: 'web' }), oldObject: null, dryRun: true });
  assert.ok(change.op === 'create' && change.after.kind === 'Pod');
  assert.equal(change.after.labels.get('app'), 'web');
  assert.deepEqual(requester, { username: 'jane', groups: ['dev'] });
  assert.equal(dryRun, true);
});

test('an UPDATE has a before and keeps its subresource', () => {
  const { change, subresource } = submission({
    operation: 'UPDATE',
    subResource: 'status',
    object: pod({ app: 'new' }),
    oldObject: pod({ app: 'old' }),
  });
  assert.ok(change.op === 'update' && change.before.kind === 'Pod' && change.after.kind === 'Pod');
  assert.equal(change.before.labels.get('app'), 'old');
  assert.equal(change.after.labels.get('app'), 'new');
  assert.equal(subresource, 'status');
});

test('an UPDATE without its old object is judged as a CREATE', () => {
  assert.equal(submission({ operation: 'UPDATE', object: pod({}) }).change.op, 'create');
  assert.equal(submission({ operation: 'UPDATE', object: pod({}), oldObject: null }).change.op, 'create');
});

test('an object without a name of its own is called as the request calls it', () => {
  const { change } = submission({
    name: 'web-x7',
    namespace: 'team-b',
    object: { metadata: { generateName: 'web-' }, spec: {} },
  });
  assert.ok(change.op === 'create' && change.after.kind === 'Pod');
  assert.equal(change.after.name, 'web-x7');
  assert.equal(change.after.namespace, 'team-b');
});

const binding = { metadata: { name: 'web-0', namespace: 'team-a', labels: { zone: 'z1' } }, target: { name: 'n1' } };
const BINDING_KIND = { group: '', version: 'v1', kind: 'Binding' };
for (const [name, request] of [
  ['pods/binding', { subResource: 'binding', name: 'web-0', namespace: 'team-a' }],
  ['bindings', { resource: { group: '', version: 'v1', resource: 'bindings' }, namespace: 'team-a' }],
] as const) {
  test(`a Binding through ${name} gives its labels to the pod`, () => {
    const { change, revise } = submission({ kind: BINDING_KIND, object: binding, ...request });
    assert.deepEqual(change, {
      op: 'bind',
      pod: { kind: 'Pod', namespace: 'team-a', name: 'web-0' },
      labels: new Map([['zone', 'z1']]),
    });
    assert.equal(revise([]).ok, false);
  });
}

for (const [name, request] of [
  ['DELETE', { operation: 'DELETE', object: null, oldObject: pod({}) }],
  [
    'CONNECT',
    { operation: 'CONNECT', subResource: 'exec', kind: { group: '', version: 'v1', kind: 'PodExecOptions' } },
  ],
  ['a kind that is not read', { kind: { group: '', version: 'v1', kind: 'Secret' }, object: { data: 7 } }],
  ['a kind of that name in another group', { kind: { group: 'x.example', version: 'v1', kind: 'Pod' }, object: 7 }],
  ['Scale', { kind: { group: 'autoscaling', version: 'v1', kind: 'Scale' }, subResource: 'scale', object: {} }],
  ['pods/resize', { operation: 'UPDATE', subResource: 'resize', object: pod({}), oldObject: pod({}) }],
  ['no kind at all', { kind: 7, object: pod({}) }],
  ['no operation at all', { operation: undefined, object: pod({}) }],
] as const) {
  test(`not judged: ${name}`, () => {
    assert.deepEqual(answer(request), { ok: true, value: NOT_JUDGED });
  });
}

for (const [path, request] of [
  ['', { object: null }],
  ['metadata.labels', { object: { metadata: { labels: [] }, spec: {} } }],
  ['oldObject.metadata.labels["a/b"]', { operation: 'UPDATE', object: pod({}), oldObject: pod({ 'a/b': 1 }) }],
  ['oldObject', { operation: 'UPDATE', object: pod({}), oldObject: [] }],
  ['metadata.labels', { kind: BINDING_KIND, subResource: 'binding', object: { metadata: { labels: 7 } } }],
] as const) {
  test(`an object of a wrong shape is told by its place, here ${JSON.stringify(path)} of ${JSON.stringify(request)}`, () => {
    const outcome = answer({ name: 'web-0', ...request });
    assert.equal(outcome.ok, false);
    assert.equal(outcome.error.path, path);
  });
}

test('a revised submission is the patched object, decoded again, with everything else as it was', () => {
  const sent = submission({
    operation: 'UPDATE',
    subResource: 'status',
    object: pod({ app: 'web', 'build-id': '7' }),
    oldObject: pod({ app: 'web' }),
  });
  const revised = sent.revise([{ op: 'remove', path: '/metadata/labels/build-id' }]);
  assert.ok(revised.ok);
  const { change } = revised.value;
  assert.ok(change.op === 'update' && change.after.kind === 'Pod' && change.before.kind === 'Pod');
  assert.deepEqual([...change.after.labels.keys()], ['app']);
  assert.equal(revised.value.subresource, 'status');
  const again = revised.value.revise([{ op: 'add', path: '/metadata/labels/tier', value: 'x' }]);
  assert.ok(again.ok && again.value.change.op === 'update' && again.value.change.after.kind === 'Pod');
  assert.deepEqual([...again.value.change.after.labels.keys()], ['app', 'tier']);
});

test('a patch that does not apply, or that breaks the object, is an error with its place', () => {
  const sent = submission({ object: pod({}) });
  const missing = sent.revise([{ op: 'remove', path: '/metadata/labels/a.b' }]);
  assert.deepEqual(missing, {
    ok: false,
    error: { code: 'malformed', path: 'metadata.labels["a.b"]', reason: 'does not exist' },
  });
  const broken = sent.revise([{ op: 'add', path: '/metadata/labels/a', value: 7 }]);
  assert.equal(broken.ok ? '' : broken.error.path, 'metadata.labels.a');
});

test('an object from a file is a creation, or an update of what stood there', () => {
  const requester = { username: 'check', groups: [] };
  const created = fileSubmission({ raw: pod({ app: 'web' }), requester });
  assert.ok(created.ok && created.value.change.op === 'create');
  const before = created.value.change.after;
  const updated = fileSubmission({ raw: pod({ app: 'new' }), before, requester });
  assert.ok(updated.ok && updated.value.change.op === 'update');
  assert.equal(updated.value.change.before, before);
  const secret = fileSubmission({ raw: { apiVersion: 'v1', kind: 'Secret' }, requester });
  assert.equal(secret.ok ? '' : secret.error.code, 'unknown-kind');
});

test('what a file says of deletion and status is not for it to say: an API server keeps what it has', () => {
  const written = pod({ app: 'web' });
  const raw = {
    ...written,
    metadata: { ...written.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' },
    status: { phase: 'Succeeded' },
  };
  const created = fileSubmission({ raw });
  assert.ok(created.ok && created.value.change.op === 'create' && created.value.change.after.kind === 'Pod');
  const stored = created.value.change.after;
  assert.deepEqual([stored.terminating, stored.phase], [false, 'Pending']);
  const before = { ...stored, terminating: true, phase: 'Running' };
  const updated = fileSubmission({ raw: written, before });
  assert.ok(updated.ok && updated.value.change.op === 'update' && updated.value.change.after.kind === 'Pod');
  assert.deepEqual([updated.value.change.after.terminating, updated.value.change.after.phase], [true, 'Running']);
});
