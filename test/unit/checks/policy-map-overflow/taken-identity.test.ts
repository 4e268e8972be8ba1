import assert from 'node:assert/strict';
import { test } from 'node:test';
import { identityIn, ownerRef, replicaSet } from '../../../support/churn.ts';
import { ciliumConfig, namespace, pod, policy, storeWith, type Json } from '../../../support/objects.ts';
import { finding, submit } from '../../../support/review.ts';

const WEB = { app: 'web' };
const INJECTED = { ...WEB, mesh: 'on' };

/** An unused identity of pods of `web`, the map of which holds more than 256 entries as soon as it is taken. */
function store(...others: readonly Json[]) {
  return storeWith([
    ciliumConfig({ 'bpf-policy-map-max': '256' }),
    namespace('a'),
    policy('a/big', { endpointSelector: { matchLabels: WEB }, egress: [{ toEndpoints: [{}] }] }),
    identityIn('a', 900, INJECTED),
    ...Array.from({ length: 300 }, (_, index) => identityIn('a', 1000 + index, { app: `x${index}` })),
    ...others,
  ]);
}

const owned = pod('a/web-1', INJECTED, { metadata: { ownerReferences: [ownerRef('ReplicaSet', 'a/web')] } });

test('a pod of a stored owner that takes an identity again goes through, whatever a webhook adds to it', () => {
  const decision = submit(store(replicaSet('a/web', WEB)), owned);
  assert.equal(decision.verdict, 'allow');
  assert.equal(finding(decision, 'policy-map-overflow').severity, 'advice');
});

test('a pod that takes an identity again and names an owner that is not stored is denied', () => {
  assert.equal(submit(store(), owned).verdict, 'deny');
});
