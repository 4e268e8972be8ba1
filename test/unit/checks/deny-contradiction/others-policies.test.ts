/**
 * A policy of a namespace is held against clusterwide denies alone: how many policies other namespaces have costs it nothing.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decoded, namespace, policy, storeWith } from '../../../support/objects.ts';
import { countedView } from '../../../support/counted-view.ts';
import { deny, METADATA } from '../../../support/team-a.ts';
import { finding, submit } from '../../../support/review.ts';

const TO_METADATA = { endpointSelector: {}, egress: [{ toCIDR: [METADATA] }] };
const DENIED = deny({ egressDeny: [{ toCIDR: [METADATA] }] });

test('the policies of other namespaces are not gone through, and the clusterwide deny is found', () => {
  const others = Array.from({ length: 20 }, (_, index) => policy(`team-b/other-${index}`, TO_METADATA));
  const store = storeWith([namespace('team-a'), namespace('team-b'), ...others, DENIED]);
  const { view, calls } = countedView(store.view(), 'policies');
  const decision = submit(view, policy('team-a/web', TO_METADATA));
  assert.equal(finding(decision, 'dead-allow').severity, 'violation');
  assert.equal(calls(), 0);
});

test('clusterwide policies come in the order of their names, the one of a what-if among them', () => {
  const clusterwide = (name: string) => ({ ...DENIED, metadata: { name } });
  const store = storeWith([namespace('team-a'), policy('team-a/web', TO_METADATA), clusterwide('c'), clusterwide('a')]);
  const names = (view = store.view()): readonly string[] =>
    [...view.clusterwidePolicies()].map(({ object }) => object.name);
  assert.deepEqual(names(), ['a', 'c']);
  assert.deepEqual(names(store.view().after({ op: 'create', after: decoded(clusterwide('b')) })), ['a', 'b', 'c']);
});
