/**
 * The rules behind a large map are counted in pieces.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contributorsOf } from '../../../../src/checks/policy-map-overflow/contributors.ts';
import { identityIn } from '../../../support/churn.ts';
import { namespace, policy, storeWith } from '../../../support/objects.ts';

const IDENTITIES = 4_000;

/** Steps until it is done, and what comes back. */
function countedPauses<Result>(steps: Generator<unknown, Result>): {
  readonly pauses: number;
  readonly result: Result;
} {
  for (let pauses = 0; ; pauses += 1) {
    const step = steps.next();
    if (step.done === true) return { pauses, result: step.value };
  }
}

test('pauses lie between the entries that are looked at, besides those between the steps of the map', () => {
  const identities = Array.from({ length: IDENTITIES }, (_, index) =>
    identityIn('a', 1_000 + index, { app: `a${index}` }),
  );
  const toPorts = [{ ports: ['80', '81', '82', '83'].map((port) => ({ port, protocol: 'TCP' })) }];
  const broad = policy('a/broad', {
    endpointSelector: {},
    ingress: [{ fromEndpoints: [{ matchLabels: { app: 'a1' } }] }, { fromEndpoints: [{}], toPorts }],
  });
  const view = storeWith([namespace('a'), ...identities, broad]).view();
  const policyClass = view.classOf(view.labelsOf(1_000) ?? []);
  const map = countedPauses(view.policyMapSteps(policyClass));
  const { pauses, result } = countedPauses(contributorsOf(policyClass, view));
  assert.deepEqual(
    result.map(({ rule, entries }) => [rule.field, entries]),
    [
      ['spec.ingress[1]', 4 * IDENTITIES],
      ['spec.ingress[0]', 1],
    ],
  );
  assert.ok(pauses - map.pauses >= Math.floor((4 * IDENTITIES) / 4096), `${pauses - map.pauses} pauses`);
});

test('a rule of a NetworkPolicy is one contributor, however many peers it has', () => {
  const identities = Array.from({ length: 9 }, (_, index) => identityIn('a', 1_000 + index, { app: `a${index % 3}` }));
  const from = ['a0', 'a1', 'a2'].map((app) => ({ podSelector: { matchLabels: { app } } }));
  const spec = { podSelector: {}, ingress: [{ from }, { from: from.slice(1) }] };
  const networkPolicy = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'k', namespace: 'a' },
    spec,
  };
  const view = storeWith([namespace('a'), ...identities, networkPolicy]).view();
  const { result } = countedPauses(contributorsOf(view.classOf(view.labelsOf(1_000) ?? []), view));
  assert.deepEqual(
    result.map(({ rule, entries }) => [rule.field, entries]),
    [
      ['spec.ingress[0]', 9],
      ['spec.ingress[1]', 6],
    ],
  );
});
