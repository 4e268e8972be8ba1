/**
 * What a review that cannot be judged in time, or not as a whole, is answered: by the timer of the route, and by the engine itself where it
 * sees first that the time is up.
 */
import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import type { AnsweredReview } from '../support/http-reviews.ts';
import { requestFor, settingsIn, stored } from '../support/cluster-webhook.ts';
import { internalErrors, reviewed, smallCluster, startEngine } from '../support/engine-webhook.ts';
import { clusterwidePolicy, policy, type Json } from '../support/objects.ts';

const LATE = ['cilium-bulkhead could not judge this in time; it is allowed'];
const CONTROLLER = { username: 'system:serviceaccount:argocd:argocd-application-controller', groups: [] };

/** Dead for good: a clusterwide policy denies it. */
const contradiction = policy('team-a/hostile', { endpointSelector: {}, egress: [{ toCIDR: ['169.254.169.254/32'] }] });

function withPeers(count: number): Json {
  const toEndpoints = Array.from({ length: count }, (_, index) => ({ matchLabels: { app: `x${index}` } }));
  return policy('team-a/endless', { endpointSelector: {}, egress: [{ toEndpoints }] });
}

/** More units than can be looked at in the time that is given here. */
const endless = withPeers(20_000);

/** Engine and route share a clock, which jumps beyond every deadline when the judge is asked. */
async function judgedTooLate(t: TestContext, request: Json): Promise<AnsweredReview> {
  let now = 0;
  const engine = await startEngine(t, {
    clock: () => now,
    wrap: (judge) => (review, deadline, signal) => {
      now += 60_000;
      return judge(review, deadline, signal);
    },
  });
  const answer = await reviewed(engine, request);
  assert.equal(await internalErrors(engine), 0);
  return answer;
}

function assertUnknown(answer: AnsweredReview, warnings: readonly string[] | undefined): void {
  assert.equal(answer.allowed, true);
  assert.equal(answer.auditAnnotations?.['decision'], 'unknown');
  assert.equal(answer.auditAnnotations['reason'], 'deadline');
  assert.deepEqual(answer.warnings, warnings);
}

describe('where the engine sees that the time is up', () => {
  test('a person reads one warning, and nothing is denied', async (t) => {
    assertUnknown(await judgedTooLate(t, requestFor('u', stored(contradiction))), LATE);
  });

  test('a component of the system reads none', async (t) => {
    const request = { ...requestFor('u', stored(contradiction)), userInfo: CONTROLLER };
    assertUnknown(await judgedTooLate(t, request), undefined);
  });
});

describe('where the timer of the route is first', () => {
  test('a person reads one warning, and the next review is judged', async (t) => {
    const engine = await startEngine(t);
    const path = '/validate?timeout=200ms';
    assertUnknown(await reviewed(engine, requestFor('u', stored(endless)), { path }), LATE);
    assert.equal((await reviewed(engine, requestFor('u', stored(contradiction)))).allowed, false);
    assert.equal(await internalErrors(engine), 0);
  });

  test('a component of the system reads none', async (t) => {
    const engine = await startEngine(t);
    const request = { ...requestFor('u', stored(endless)), userInfo: CONTROLLER };
    assertUnknown(await reviewed(engine, request, { path: '/validate?timeout=200ms' }), undefined);
  });
});

describe('a policy that is too large to be judged as a whole', () => {
  const large = requestFor('u', stored(withPeers(5_001)));

  test('is allowed, and a person reads that only part of it was judged', async (t) => {
    const answer = await reviewed(await startEngine(t), large);
    assert.equal(answer.allowed, true);
    assert.equal(answer.auditAnnotations?.['decision'], 'unknown');
    assert.equal(answer.auditAnnotations['reason'], 'size');
    assert.deepEqual(answer.warnings, ['cilium-bulkhead judged only part of this, for its size; it is allowed']);
  });

  test('a component of the system reads nothing', async (t) => {
    assert.equal((await reviewed(await startEngine(t), { ...large, userInfo: CONTROLLER })).warnings, undefined);
  });

  test('is denied for what was found in the part that was judged', async (t) => {
    const { spec } = withPeers(5_001) as { readonly spec: { readonly egress: readonly Json[] } };
    const dead = policy('team-a/endless', { ...spec, egress: [{ toCIDR: ['169.254.169.254/32'] }, ...spec.egress] });
    const answer = await reviewed(await startEngine(t), requestFor('u', stored(dead)));
    assert.equal(answer.allowed, false);
    assert.equal(answer.auditAnnotations?.['findings'], 'dead-allow');
  });
});

describe('a policy with more advice than is listed', () => {
  const denyVault = clusterwidePolicy('deny-vault', {
    endpointSelector: {},
    egressDeny: [{ toEndpoints: [{ matchLabels: { tier: 'vault' } }] }],
  });
  const vaults = (count: number): Json => {
    const toEndpoints = Array.from({ length: count }, (_, index) => ({
      matchLabels: { tier: 'vault', app: `x${index}` },
    }));
    return policy('team-a/vaults', { endpointSelector: {}, egress: [{ toEndpoints }] });
  };
  const former = vaults(202);
  const objects = [...smallCluster(), denyVault, former];
  const update = { ...requestFor('u', stored(vaults(201))), operation: 'UPDATE', oldObject: stored(former) };
  const settings = settingsIn('enforce');

  test('was judged as a whole', async (t) => {
    const answer = await reviewed(await startEngine(t, { objects, settings }), update);
    assert.deepEqual(
      [answer.allowed, answer.auditAnnotations?.['decision'], answer.warnings],
      [true, 'allow', undefined],
    );
    assert.equal(answer.auditAnnotations?.['reason'], undefined);
  });

  test('says that there is more to a person who is told of advice', async (t) => {
    const telling = { ...settings, adviceAsWarning: new Set(['deny-contradiction' as const]) };
    const answer = await reviewed(await startEngine(t, { objects, settings: telling }), update);
    assert.equal(answer.auditAnnotations?.['reason'], 'list');
    assert.equal(answer.warnings?.[0], 'cilium-bulkhead has more advice on this than it lists; it is allowed');
  });
});
