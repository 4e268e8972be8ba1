import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { connectTo } from '../../../src/kubernetes/api/api-connection.ts';
import type { Answer, Review } from '../../../src/kubernetes/admission-review.ts';
import { deadlineOf } from '../../../src/server/judging/deadline.ts';
import { OwnerEvents, toldOnOwners } from '../../../src/server/owner-events.ts';
import { at } from '../examples/manifests.ts';
import { answerStatus, ApiServer } from '../../support/api-server.ts';

const PATH = '/apis/events.k8s.io/v1/namespaces/a/events';
const CONTROLLER = 'system:serviceaccount:kube-system:replicaset-controller';
const OWNER = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: 'uid-of-web' };
const DENIAL = {
  allowed: false,
  message: '[identity-churn/label-churn] it mints.',
  causes: [{ reason: 'label-churn', field: '', message: 'it mints' }],
  warnings: [],
  auditAnnotations: {},
} as const satisfies Answer;

function reviewOf(owner: object = OWNER, user = CONTROLLER, dryRun = false): Review {
  return {
    uid: 'u',
    operation: 'CREATE',
    kind: { group: '', version: 'v1', kind: 'Pod' },
    resource: { group: '', version: 'v1', resource: 'pods' },
    subresource: '',
    name: 'web-1',
    namespace: 'a',
    dryRun,
    userInfo: { username: user, groups: [] },
    object: { metadata: { name: 'web-1', ownerReferences: [{ ...owner, controller: true }] } },
    oldObject: null,
  };
}

interface Telling {
  readonly server: ApiServer;
  readonly events: OwnerEvents;
  readonly results: string[];
  readonly faults: unknown[];
  readonly clock: { ms: number };
}

/** `server`: that of another replica. */
async function telling(t: TestContext, server?: ApiServer): Promise<Telling> {
  return tellingTo(t, server ?? (await ApiServer.start(t)).serve(PATH));
}

function tellingTo(t: TestContext, server: ApiServer): Telling {
  const connection = connectTo(server.access);
  const results: string[] = [];
  const faults: unknown[] = [];
  const clock = { ms: 0 };
  const events = new OwnerEvents({
    connection,
    clock: () => clock.ms,
    now: () => Date.UTC(2026, 0, 2) + clock.ms,
    faults: { warn: (_kind, _message, fields) => void faults.push(fields) },
    metrics: { ownerEvent: (result) => void results.push(result) },
  });
  t.after(async () => {
    await events.close();
    connection.close();
  });
  return { server, events, results, faults, clock };
}

function isRegarding({ regarding }: { readonly regarding?: unknown }, uid: string): boolean {
  return (regarding as { readonly uid?: unknown } | undefined)?.uid === uid;
}

test('what a controller is denied is an Event on the owner', async (t) => {
  const { server, events } = await telling(t);
  events.denied(reviewOf(), DENIAL);
  await server.until(() => server.created.length === 1);
  const [{ path, object } = assert.fail()] = server.created;
  assert.equal(path, PATH);
  const { reportingInstance, metadata, ...rest } = object;
  assert.match(String(at(metadata, 'name')), /^cilium-bulkhead-[0-9a-f]{20}$/);
  assert.equal(at(metadata, 'namespace'), 'a');
  assert.ok(typeof reportingInstance === 'string' && reportingInstance !== '');
  assert.deepEqual(rest, {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    eventTime: '2026-01-02T00:00:00.000000Z',
    type: 'Warning',
    reason: 'LabelChurn',
    action: 'Admission',
    note: 'Pod web-1 was denied: [identity-churn/label-churn] it mints.',
    regarding: { ...OWNER, namespace: 'a' },
    reportingController: 'cilium-bulkhead.io/webhook',
  });
});

test('an owner is told once in ten minutes of each reason', async (t) => {
  const { server, events, clock } = await telling(t);
  const other = { ...DENIAL, causes: [{ reason: 'reserved-labels', field: '', message: '' }] };
  for (const denial of [DENIAL, DENIAL, other, DENIAL]) events.denied(reviewOf(), denial);
  events.denied(reviewOf({ ...OWNER, uid: 'another' }), DENIAL);
  await server.until(() => server.created.length === 3);
  clock.ms = 10 * 60_000;
  events.denied(reviewOf(), DENIAL);
  await server.until(() => server.created.length === 4);
  assert.deepEqual(
    server.created.map(({ object }) => object['reason']),
    ['LabelChurn', 'ReservedLabels', 'LabelChurn', 'LabelChurn'],
  );
});

test('of replicas that deny the same one writes the Event; in the next ten minutes there is another', async (t) => {
  const one = await telling(t);
  const two = await telling(t, one.server);
  one.events.denied(reviewOf(), DENIAL);
  await one.server.until(() => one.server.created.length === 1);
  two.events.denied(reviewOf(), DENIAL);
  two.events.denied(reviewOf({ ...OWNER, uid: 'another' }), DENIAL);
  await one.server.until(() => one.server.created.length === 3);
  while (two.results.length < 2) await new Promise(setImmediate);
  assert.deepEqual([one.results, two.results, two.faults], [['written'], ['known', 'written'], []]);
  two.clock.ms = 10 * 60_000;
  two.events.denied(reviewOf(), DENIAL);
  while (two.results.length < 3) await new Promise(setImmediate);
  assert.equal(two.results.at(-1), 'written');
});

for (const [who, review] of [
  ['a user', reviewOf(OWNER, 'alice')],
  ['an account of a tenant', reviewOf(OWNER, 'system:serviceaccount:a:replicaset-controller')],
  ['an owner of a custom kind', reviewOf({ ...OWNER, apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout' })],
  ['an owner of the right kind in a group of its own', reviewOf({ ...OWNER, apiVersion: 'example.com/v1' })],
  ['an owner with an endless uid', reviewOf({ ...OWNER, uid: 'u'.repeat(1_000) })],
  ['owners that are no list', { ...reviewOf(), object: { metadata: { ownerReferences: { length: 1 } } } }],
  ['an object that is none', { ...reviewOf(), object: 7 }],
] as const) {
  test(`no Event is written for ${who}`, async (t) => {
    const { server, events, results } = await telling(t);
    events.denied(review, DENIAL);
    events.denied(reviewOf({ ...OWNER, uid: 'the next one' }), DENIAL);
    await server.until(() => server.created.length === 1);
    assert.deepEqual(server.created[0]?.object['regarding'], { ...OWNER, uid: 'the next one', namespace: 'a' });
    assert.ok(results.length <= 1);
  });
}

test('a storm of denials waits in a short queue, and the rest is counted as dropped', async (t) => {
  const { server, events, results } = await telling(t);
  for (let index = 0; index < 200; index += 1) events.denied(reviewOf({ ...OWNER, uid: `${index}` }), DENIAL);
  await server.until(() => server.created.length === 65);
  assert.equal(results.filter((result) => result === 'dropped').length, 135);
});

test('an Event that is refused is told, and the next one is written', async (t) => {
  const { server, events, results, faults } = await telling(t);
  server.scriptFor(PATH, (response) => answerStatus(response, 403, 'events is forbidden'));
  events.denied(reviewOf(), DENIAL);
  events.denied(reviewOf({ ...OWNER, uid: 'another' }), DENIAL);
  await server.until(() => server.created.length === 1);
  assert.equal(results[0], 'failed');
  assert.deepEqual(faults, [{ reason: 'the API server answers 403: events is forbidden' }]);
});

test('an Event that could not be written is written at the next denial, and not told again then', async (t) => {
  const { server, events, results } = await telling(t);
  server.scriptFor(PATH, (response) => answerStatus(response, 403, 'events is forbidden'));
  events.denied(reviewOf(), DENIAL);
  while (results.length === 0) await new Promise(setImmediate);
  for (let index = 0; index < 3; index += 1) events.denied(reviewOf(), DENIAL);
  // Behind the others, as they are written one at a time.
  events.denied(reviewOf({ ...OWNER, uid: 'another' }), DENIAL);
  while (results.length < 2 || !server.created.some(({ object }) => isRegarding(object, 'another')))
    await new Promise(setImmediate);
  assert.equal(server.created.filter(({ object }) => isRegarding(object, OWNER.uid)).length, 1);
  assert.equal(results[0], 'failed');
});

test('a note is within what the API server takes, whatever the message says', async (t) => {
  const { server, events } = await telling(t);
  for (const [index, letter] of ['x', '\u{1f600}'].entries())
    events.denied(reviewOf({ ...OWNER, uid: `${index}` }), { ...DENIAL, message: letter.repeat(5_000) });
  await server.until(() => server.created.length === 2);
  for (const { object } of server.created) assert.ok(Buffer.byteLength(String(object['note'])) <= 1_024);
});

test('neither what is allowed, nor a dry run, nor what came too late is told', async (t) => {
  const { server, events } = await telling(t);
  const allowed: Answer = { allowed: true, warnings: [], auditAnnotations: {} };
  const ask = async (answer: Answer, review: Review, signal = new AbortController().signal): Promise<void> => {
    const deadline = deadlineOf('/validate', () => 0);
    assert.equal(await toldOnOwners(() => Promise.resolve(answer), events)(review, deadline, signal), answer);
  };
  await ask(allowed, reviewOf());
  await ask(DENIAL, reviewOf(OWNER, CONTROLLER, true));
  await ask(DENIAL, reviewOf(), AbortSignal.abort());
  await ask(DENIAL, reviewOf({ ...OWNER, uid: 'meant' }));
  await server.until(() => server.created.length === 1);
  assert.deepEqual(server.created[0]?.object['regarding'], { ...OWNER, uid: 'meant', namespace: 'a' });
});
