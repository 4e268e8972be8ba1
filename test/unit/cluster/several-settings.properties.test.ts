/**
 * A cluster whose agents run with two versions, kept up event by event.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ClusterStore } from '../../../src/cluster/store.ts';
import { decoded, namespace, pod, version, type Json } from '../../support/objects.ts';
import {
  anyCluster,
  anyEndpoint,
  anyIdentity,
  anyNamespace,
  anyObject,
  NAMESPACES,
  RUNS,
  SEED,
  WITH_EVERYTHING,
} from '../../support/random-cluster.ts';
import { answersOf } from '../../support/view-answers.ts';

const options = { seed: SEED, numRuns: RUNS };
const anyVersions = fc.shuffledSubarray(['1.18.8', '1.19.7', '1.20.2'], { minLength: 2, maxLength: 2 });
const anyChanges = fc.array(fc.record({ raw: anyObject, remove: fc.boolean() }), { maxLength: 20 });

function agent(ciliumVersion: string): Json {
  const spec = { hostNetwork: true, containers: [{ image: `quay.io/cilium/cilium:v${ciliumVersion}` }] };
  return pod(`kube-system/agent-${ciliumVersion}`, { 'k8s-app': 'cilium' }, { spec });
}

interface Change {
  readonly raw: Json;
  readonly remove: boolean;
}

function apply(store: ClusterStore, { raw, remove }: Change): void {
  const object = decoded(raw);
  const { kind, name } = object;
  const ref = 'namespace' in object ? { kind, namespace: object.namespace, name } : { kind, name };
  store.apply(remove ? { type: 'delete', ref } : { type: 'upsert', object });
}

test('each of its views answers as a model of that version alone', () => {
  fc.assert(
    fc.property(anyCluster, anyChanges, anyVersions, fc.nat(), (objects, changes, versions, at) => {
      const agents = versions.map((text) => ({ raw: agent(text), remove: false }));
      const events: Change[] = [WITH_EVERYTHING, ...objects].map((raw) => ({ raw, remove: false }));
      events.push(...changes);
      events.splice(at % events.length, 0, ...agents);
      const store = new ClusterStore();
      for (const event of events) apply(store, event);
      const view = store.view();
      for (const one of [view, ...view.others]) {
        const alone = new ClusterStore({ version: one.settings.profile.version });
        for (const event of events) apply(alone, event);
        assert.deepEqual(answersOf(one), answersOf(alone.view()));
      }
      const seen = [view, ...view.others].map(({ settings }) => settings.profile.version);
      assert.deepEqual(seen, versions.sort().reverse().map(version));
    }),
    options,
  );
});

const anyApp = fc.constantFrom('web', 'db');

const anyPlainPod = fc
  .record({ inNamespace: fc.constantFrom(...NAMESPACES), name: fc.constantFrom('p0', 'p1', 'p9'), app: anyApp })
  .map(({ inNamespace, name, app }) => pod(`${inNamespace}/${name}`, { app }));

/** As an agent writes it; of the namespace it may have what was its labels once. */
const anyToldEndpoint = fc
  .record({ endpoint: anyEndpoint, app: anyApp, team: fc.constantFrom(undefined, undefined, 'red') })
  .map(({ endpoint, app, team }) => {
    const { metadata, status } = endpoint;
    const told = {
      app,
      'io.cilium.k8s.namespace.labels.kubernetes.io/metadata.name': metadata.namespace,
      ...(team === undefined ? {} : { 'io.cilium.k8s.namespace.labels.team': team }),
      'io.cilium.k8s.policy.cluster': 'default',
      'io.cilium.k8s.policy.serviceaccount': 'default',
      'io.kubernetes.pod.namespace': metadata.namespace,
    };
    const texts = Object.entries(told).map(([key, value]) => `k8s:${key}=${value}`);
    // A number for each label set, as an allocator gives them.
    const id = 1_000 + Buffer.from(texts.join()).reduce((sum, byte) => (sum * 31 + byte) % 60_000, 7);
    return { ...endpoint, status: { ...status, identity: { id, labels: texts } } };
  });

const anyWatched = fc.array(
  fc.record({
    raw: fc.oneof(anyPlainPod, anyPlainPod, anyToldEndpoint, anyToldEndpoint, anyEndpoint, anyIdentity, anyNamespace),
    remove: fc.integer({ min: 0, max: 5 }).map((one) => one === 0),
  }),
  { minLength: 20, maxLength: 60 },
);

test('what the self-check counts is what a comparison of all pods counts, whatever came before', () => {
  const seen = { same: 0, different: 0 };
  fc.assert(
    fc.property(anyWatched, (changes) => {
      const store = new ClusterStore({ version: version('1.19.7') });
      const left = new Map<string, Json>();
      for (const event of [...NAMESPACES.map((name) => ({ raw: namespace(name), remove: false })), ...changes]) {
        apply(store, event);
        const { kind, metadata } = event.raw as { readonly kind: string; readonly metadata: Json };
        const key = JSON.stringify([kind, metadata['namespace'], metadata['name']]);
        if (event.remove) left.delete(key);
        else left.set(key, event.raw);
      }
      const rebuilt = new ClusterStore({ version: version('1.19.7') });
      for (const raw of left.values()) apply(rebuilt, { raw, remove: false });
      const figures = store.view().selfCheck.figures();
      assert.deepEqual(figures, rebuilt.view().selfCheck.figures());
      seen.same += figures.compared - figures.different;
      seen.different += figures.different;
    }),
    options,
  );
  assert.ok(seen.same > RUNS / 10 && seen.different > RUNS / 10, JSON.stringify(seen));
});
