/**
 * What the selectors of a policy select, in a what-if of it.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listedSelectors, rulesOf } from '../../../../src/cilium/policy/rule.ts';
import { canonicalKey, labelArray } from '../../../../src/cilium/identity/label.ts';
import { identityBits } from '../../../../src/cilium/identity/numeric-identity.ts';
import { endpointSelector, equals, type EndpointSelector } from '../../../../src/cilium/policy/selector.ts';
import { IdentityIndex } from '../../../../src/cluster/identities/identity-index.ts';
import type { IdentityObserver } from '../../../../src/cluster/identities/key-use.ts';
import { ObjectTables } from '../../../../src/cluster/objects/object-tables.ts';
import { OwnSelections } from '../../../../src/cluster/identities/own-selections.ts';
import { ciliumIdentity, decoded, namespace, policy, storeWith } from '../../../support/objects.ts';

const labels = {
  'k8s:app': 'db',
  'k8s:io.cilium.k8s.policy.cluster': 'default',
  'k8s:io.kubernetes.pod.namespace': 'a',
};
const DB = labelArray([{ source: 'k8s', key: 'app', value: 'db' }]);
const SILENT: IdentityObserver = {
  identityAdded: () => undefined,
  identityRemoved: () => undefined,
  useChanged: () => undefined,
  keyChanged: () => undefined,
};
const spec = (app: string) => ({ endpointSelector: {}, ingress: [{ fromEndpoints: [{ matchLabels: { app } }] }] });

test('in a what-if of a policy each of its own peers is looked for once, and finds what it selects', () => {
  const store = storeWith([
    namespace('a'),
    ciliumIdentity(1_000, labels),
    ciliumIdentity(1_001, { ...labels, 'k8s:app': 'web' }),
  ]);
  const submitted = decoded(policy('a/new', spec('db')));
  const after = store.view().after({ op: 'create', after: submitted });
  const [parsed] = after.policies();
  const peers = rulesOf(parsed).flatMap((rule) => listedSelectors(rule.peers));
  assert.equal(peers.length, 1);
  for (const peer of peers) {
    const selected = after.selections(peer);
    assert.deepEqual([...selected], [1_000]);
    assert.equal(after.selections(peer), selected);
  }
});

test('what others ask is answered and not kept', () => {
  const store = storeWith([namespace('a'), ciliumIdentity(1_000, labels)]);
  const other = store.view().after({ op: 'create', after: decoded(policy('a/other', spec('db'))) });
  const [peer] = [...other.policies()].flatMap((parsed) =>
    rulesOf(parsed).flatMap((rule) => listedSelectors(rule.peers)),
  );
  const after = store.view().after({ op: 'create', after: decoded(policy('a/new', spec('web'))) });
  const first = after.selections(peer as EndpointSelector);
  assert.deepEqual([...first], [1_000]);
  assert.notEqual(after.selections(peer as EndpointSelector), first);
});

test('where there is no room, what a peer selects is looked for each time', () => {
  const index = new IdentityIndex(identityBits(storeWith([]).view().settings.config), SILENT, new ObjectTables());
  for (const id of [1_000, 1_001]) index.addObject(id, canonicalKey(DB), DB);
  const db = endpointSelector([equals('k8s', 'app', 'db')]);
  const kept = new OwnSelections(index, [db], 2);
  const dropped = new OwnSelections(index, [db], 1);
  assert.equal(kept.matching(db), kept.matching(db));
  assert.notEqual(dropped.matching(db), dropped.matching(db));
  assert.deepEqual([...dropped.matching(db)], [1_000, 1_001]);
});
