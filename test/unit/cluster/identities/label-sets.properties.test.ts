/**
 * Identities that are found by their labels against those that are worked out, in clusters of labels that few people write.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { podIdentity } from '../../../../src/cilium/identity/pod-identity.ts';
import { refOf, type Pod } from '../../../../src/cilium/objects.ts';
import {
  ciliumConfig,
  ciliumIdentity,
  decoded,
  namespace,
  pod,
  storeWith,
  type Json,
} from '../../../support/objects.ts';
import { runsOr, SEED } from '../../../support/random-cluster.ts';
import type { ClusterStore } from '../../../../src/cluster/store.ts';

/** Plain ones, ones that the filter drops, and ones that meet others or mean something to Cilium. */
const key = fc.constantFrom(
  'app',
  'tier',
  'build-id',
  'pod-template-hash',
  'x:app',
  '$tier',
  'reserved.app',
  'remote-node',
  'io.cilium.fixed-identity',
  'io.cilium.k8s.policy.cluster',
  'io.cilium.k8s.namespace.labels.team',
  'io.kubernetes.pod.namespace',
);
/** Names of namespaces, service accounts and the cluster, too, so that labels meet. */
const value = fc.constantFrom('a', 'default');
const labels = fc.dictionary(key, value, { maxKeys: 2 });
const namespaceKey = fc.constantFrom('team', 'x:app', 'y:app', 'x:io.cilium.k8s.policy.serviceaccount');
const anyNamespace = fc
  .record({ name: value, labels: fc.dictionary(namespaceKey, value, { maxKeys: 2 }) })
  .map((parts) => namespace(parts.name, parts.labels));

const container = fc.record({ name: fc.constantFrom('http', ''), containerPort: fc.constantFrom(80, 81) });
const anyPod = fc
  .record({
    path: fc.constantFrom('a/p', 'a/q', 'default/p'),
    labels,
    serviceAccountName: value,
    ports: fc.array(container, { maxLength: 1 }),
  })
  .map(({ path, labels: own, serviceAccountName, ports }) => {
    const named = ports.map(({ name, ...rest }) => (name === '' ? rest : { name, ...rest }));
    return pod(path, own, { spec: { serviceAccountName, containers: [{ name: 'main', ports: named }] } });
  });

/** As an agent would write them, with keys that it would not. */
const anyIdentity = fc
  .record({
    id: fc.integer({ min: 1000, max: 1004 }),
    own: labels,
    of: value,
    rest: fc.subarray([
      ['k8s:io.cilium.k8s.policy.serviceaccount', 'a'],
      ['k8s:io.cilium.k8s.namespace.labels.team', 'a'],
      ['k8s:app', 'a'],
    ]),
  })
  .map(({ id, own, of, rest }) => {
    const written = Object.entries(own).map(([each, text]) => [`k8s:${each}`, text]);
    const always = [
      ['k8s:io.kubernetes.pod.namespace', of],
      ['k8s:io.cilium.k8s.namespace.labels.kubernetes.io/metadata.name', of],
      ['k8s:io.cilium.k8s.policy.cluster', 'default'],
    ];
    return ciliumIdentity(id, Object.fromEntries([...written, ...rest, ...always]) as Record<string, string>);
  });

const anyStep = fc.record({ raw: fc.oneof(anyNamespace, anyPod, anyPod, anyIdentity), isGone: fc.boolean() });

const CONFIGS: readonly Json[] = [
  ciliumConfig({}),
  ciliumConfig({ labels: 'k8s:!tier app' }),
  ciliumConfig({ 'enable-policy': 'never', 'fixed-identity-mapping': '{"5000":"a"}' }),
];

function assertAsWorkedOut(store: ClusterStore, object: Pod): void {
  const view = store.view();
  const { filter, profile, config } = view.settings;
  const stored = view.namespace(object.namespace);
  if (filter.kind !== 'known' || stored === undefined) return;
  const identity = view.identityOfShape(object, object.namespace);
  assert.deepEqual(identity, podIdentity(object, stored, { profile, config, filter: filter.filter }));
}

test('an identity that is found by its labels is the one that is worked out from them', () => {
  const cases = fc.record({
    version: fc.constantFrom('1.18.8', '1.19.7', '1.20.2'),
    config: fc.constantFrom(...CONFIGS),
    steps: fc.array(anyStep, { minLength: 10, maxLength: 25 }),
    asked: fc.array(anyPod, { minLength: 3, maxLength: 6 }),
  });
  fc.assert(
    fc.property(cases, ({ version, config, steps, asked }) => {
      const store = storeWith([config, namespace('a'), namespace('default')], version);
      for (const { raw, isGone } of steps) {
        const object = decoded(raw);
        store.apply(isGone ? { type: 'delete', ref: refOf(object) } : { type: 'upsert', object });
        for (const each of [...asked, raw].map(decoded)) if (each.kind === 'Pod') assertAsWorkedOut(store, each);
      }
    }),
    { seed: SEED, numRuns: runsOr(500) },
  );
});
