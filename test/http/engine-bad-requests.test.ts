/**
 * Odd requests, answered by the whole webhook: each with its own uid, none with an error of ours.
 */
import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import type { Judge } from '../../src/server/judging/judge-in-time.ts';
import { identityIn, unusedIdentities, buildIds } from '../support/churn.ts';
import { requestFor, stored } from '../support/cluster-webhook.ts';
import { internalErrors, reviewed, sharedEngine, startEngine, upsert } from '../support/engine-webhook.ts';
import { send } from '../support/http-client.ts';
import { sample } from '../support/http-log.ts';
import { answerOf, reviewBody, type AnsweredReview } from '../support/http-reviews.ts';
import { decoded, namespace, pod, policy, type Json } from '../support/objects.ts';
import { assertPlainAnswer } from '../support/plain-answers.ts';
import { BAD_REQUESTS } from './bad-requests.ts';

const engine = sharedEngine();

/** Dead for good: a clusterwide policy denies it. */
const contradiction = stored(
  policy('team-a/dead', { endpointSelector: {}, egress: [{ toCIDR: ['169.254.169.254/32'] }] }),
);

describe('every row of the table that is a review', () => {
  for (const row of BAD_REQUESTS) {
    if (row.expect !== 'review') continue;
    test(`${row.name}: allowed, with its own uid`, async () => {
      const answer = answerOf(await send(engine(), row.send));
      assert.equal(answer.uid, row.uid);
      assert.equal(answer.allowed, true);
      assertPlainAnswer(answer);
      if (row.wrongShape !== undefined) {
        assert.equal(answer.auditAnnotations?.['decision'], 'unknown');
        assert.equal(answer.warnings?.length, 1);
        assert.match(answer.warnings[0] ?? '', row.wrongShape);
      }
      assert.equal(await internalErrors(engine()), 0);
    });
  }
});

const NOT_JUDGED: readonly (readonly [group: string, version: string, kind: string])[] = [
  ['apps', 'v1', 'ControllerRevision'],
  ['autoscaling', 'v1', 'Scale'],
  ['', 'v1', 'Secret'],
  ['', 'v2', 'Pod'],
  ['example.com', 'v1', 'CiliumNetworkPolicy'],
  ['', 'v1', 'ConfigMap'],
  ['cilium.io', 'v2', 'CiliumIdentity'],
  ['cilium.io', 'v2', 'CiliumEndpoint'],
  ['', '', ''],
  ['__proto__', 'constructor', 'hasOwnProperty'],
];

for (const [group, version, kind] of NOT_JUDGED) {
  test(`a ${kind} of ${group}/${version} is not judged, whatever it is: allowed, no warning`, async () => {
    const request = {
      ...requestFor('u', contradiction),
      kind: { group, version, kind },
      object: { data: 7, spec: [] },
    };
    const { uid, allowed, warnings, auditAnnotations } = await reviewed(engine(), request);
    assert.deepEqual({ uid, allowed, warnings }, { uid: 'u', allowed: true, warnings: undefined });
    assert.deepEqual(auditAnnotations, { decision: 'allow' });
  });
}

test('what is not judged is counted', async () => {
  const counted = 'cilium_bulkhead_admission_reviews_total{kind="other",operation="CREATE",decision="allow"}';
  const before = await sample(engine().metrics, counted);
  await reviewed(engine(), { ...requestFor('u', contradiction), kind: { group: 'x', version: 'v1', kind: 'Y' } });
  assert.equal(await sample(engine().metrics, counted), before + 1);
});

const NOT_A_CHANGE: readonly (readonly [says: string, over: Json])[] = [
  ['a DELETE', { operation: 'DELETE', object: null, oldObject: contradiction }],
  ['a DELETE of a collection', { operation: 'DELETE', name: '', object: null, oldObject: contradiction }],
  ['a DELETE without an old object', { operation: 'DELETE', object: null, oldObject: null }],
  ['a DELETE of an object of a wrong shape', { operation: 'DELETE', object: null, oldObject: { spec: 7 } }],
  ['a CONNECT', { operation: 'CONNECT', object: null, oldObject: null, options: null }],
  ['an operation that does not exist', { operation: '__proto__' }],
  ['a subresource that does not hold the whole object', { subResource: 'eviction' }],
];

for (const [says, over] of NOT_A_CHANGE) {
  test(`${says} is allowed, no warning`, async () => {
    const answer = await reviewed(engine(), { ...requestFor('u', contradiction), ...over });
    assert.deepEqual(answer, { uid: 'u', allowed: true, auditAnnotations: { decision: 'allow' } });
  });
}

test('an UPDATE without an old object is judged as a creation', async () => {
  for (const oldObject of [null, undefined]) {
    const request = { ...requestFor('u', contradiction), operation: 'UPDATE', oldObject };
    const answer = await reviewed(engine(), request);
    assert.equal(answer.allowed, false);
    assert.equal(answer.auditAnnotations?.['findings'], 'dead-allow');
  }
});

test('of two equal keys the last one counts, in the object too', async () => {
  const body = (first: object, last: object): string => {
    const request = requestFor('u', stored(pod('team-a/twice', { app: 'web' })));
    return reviewBody(request).replace(
      '"labels":{"app":"web"}',
      `"labels":${JSON.stringify(first)},"labels":${JSON.stringify(last)}`,
    );
  };
  const reserved = { 'io.cilium.k8s.x': '1' };
  const answers = [body(reserved, {}), body({}, reserved)].map((text) => reviewed(engine(), {}, { body: text }));
  assert.deepEqual(
    (await Promise.all(answers)).map(({ allowed }) => allowed),
    [true, false],
  );
});

test('300 at once on new connections: each gets its own verdict under its own uid', async () => {
  const sent = Array.from({ length: 300 }, async (_, index) => {
    const object = index % 3 === 0 ? contradiction : stored(pod(`team-a/p${index}`, { app: `new-${index}` }));
    const body = reviewBody(requestFor(`uid-${index}`, object));
    const answer = answerOf(await send(engine(), { body, path: '/validate?timeout=30s', agent: false }));
    assert.equal(answer.uid, `uid-${index}`);
    assert.equal(answer.allowed, index % 3 !== 0);
  });
  await Promise.all(sent);
});

describe('a namespace that the model does not know yet', () => {
  /** Its identities have arrived, and the namespace itself has not. */
  const running = { app: 'job', 'build-id': 'running' };
  const objects = [identityIn('ci', 900, running), ...unusedIdentities(60, buildIds)];
  const request = requestFor('u', stored(pod('ci/next', { app: 'job', 'build-id': 'next' })));

  /** The event comes when the review waits for it. */
  async function judgedWithEvent(t: TestContext, event: Json | undefined): Promise<AnsweredReview> {
    const wrap =
      (judge: Judge): Judge =>
      (review, deadline, signal) => {
        const answer = judge(review, deadline, signal);
        if (event !== undefined) upsert(webhook, decoded(event));
        return answer;
      };
    const webhook = await startEngine(t, { objects, wrap });
    const answer = await reviewed(webhook, request);
    assert.equal(await internalErrors(webhook), 0);
    return answer;
  }

  test('is waited for: the verdict is that of the cluster with it', async (t) => {
    const { allowed, auditAnnotations } = await judgedWithEvent(t, namespace('ci'));
    assert.equal(allowed, false);
    assert.equal(auditAnnotations?.['findings'], 'label-churn');
  });

  for (const [says, event] of [
    ['nothing comes', undefined],
    ['another one comes', namespace('other')],
  ] as const) {
    test(`is unknown when ${says} for 100 ms`, async (t) => {
      const start = performance.now();
      const { allowed, warnings, auditAnnotations } = await judgedWithEvent(t, event);
      assert.ok(performance.now() - start >= 95);
      assert.deepEqual({ allowed, warnings }, { allowed: true, warnings: undefined });
      assert.equal(auditAnnotations?.['decision'], 'unknown');
    });
  }

  test('is unknown for a policy too: who it selects cannot be known', async (t) => {
    const webhook = await startEngine(t, { objects });
    const allowed = policy('ci/own', { endpointSelector: {}, ingress: [{ fromEndpoints: [{}] }] });
    const { auditAnnotations } = await reviewed(webhook, requestFor('u', stored(allowed)));
    assert.equal(auditAnnotations?.['decision'], 'unknown');
  });
});
