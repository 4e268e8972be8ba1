/**
 * Which versions and configurations the agents of a cluster run with: one, or several while an upgrade is under way.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { formatVersion } from '../../../src/cilium/profile.ts';
import { settingsName } from '../../../src/cluster/settings.ts';
import { ClusterStore } from '../../../src/cluster/store.ts';
import type { ClusterView } from '../../../src/cluster/view.ts';
import { ciliumConfig, decoded, namespace, pod, version, type Json } from '../../support/objects.ts';

const IMAGE = 'quay.io/cilium/cilium';

function agentSet(image: string, name = 'cilium'): Json {
  const template = { metadata: { labels: { 'k8s-app': 'cilium' } }, spec: { containers: containers(image) } };
  return { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { namespace: 'kube-system', name }, spec: { template } };
}

function agent(name: string, image: string, status: Json = {}): Json {
  return pod(`kube-system/${name}`, { 'k8s-app': 'cilium' }, { spec: { containers: containers(image) }, status });
}

function containers(image: string): readonly Json[] {
  return [
    { name: 'sidecar', image: 'registry.example/sidecar:9.9.9' },
    { name: 'cilium-agent', image },
  ];
}

function startedAt(startTime: string): Json {
  return { phase: 'Running', startTime };
}

/** `changed`: when its data was, by what the API server writes. */
function config(data: Readonly<Record<string, string>>, changed: string): Json {
  const object = ciliumConfig(data);
  const managedFields = [
    { manager: 'helm', time: changed, fieldsV1: { 'f:data': { 'f:labels': {} } } },
    { manager: 'kubectl', time: '2026-12-31T00:00:00Z', fieldsV1: { 'f:metadata': { 'f:annotations': {} } } },
  ];
  return { ...object, metadata: { ...(object['metadata'] as Json), managedFields } };
}

function storeOf(...objects: readonly Json[]): ClusterStore {
  const store = new ClusterStore();
  put(store, ...objects);
  return store;
}

function put(store: ClusterStore, ...objects: readonly Json[]): void {
  for (const object of objects) store.apply({ type: 'upsert', object: decoded(object) });
}

function remove(store: ClusterStore, name: string): void {
  store.apply({ type: 'delete', ref: { kind: 'Pod', namespace: 'kube-system', name } });
}

function versionsOf(store: ClusterStore): readonly string[] {
  const view = store.view();
  return [view, ...view.others].map(({ settings }) => formatVersion(settings.profile.version));
}

/** The key of a pod with these labels, by each of the settings. */
function keysOf(view: ClusterView, labels: Readonly<Record<string, string>>): readonly string[] {
  const shape = {
    labels: new Map(Object.entries(labels)),
    serviceAccountName: 'default',
    hostNetwork: false,
    ports: [],
  };
  return [view, ...view.others].map((one) => {
    const identity = one.identityOfShape(shape, 'a');
    return identity.kind === 'global' ? identity.key : identity.kind;
  });
}

describe('the version', () => {
  test('is that of the container of the agent, whatever runs beside it', () => {
    assert.deepEqual(versionsOf(storeOf(agentSet(`${IMAGE}:v1.19.5`))), ['1.19.5']);
  });

  test('is that of the pods of agents where no DaemonSet is known', () => {
    assert.deepEqual(versionsOf(storeOf(agent('x', `${IMAGE}:v1.18.8`))), ['1.18.8']);
  });

  test('is not known where an agent has an image that carries none, and the reason names it', () => {
    const digest = `${IMAGE}@sha256:${'0'.repeat(64)}`;
    const { settings, others } = storeOf(agentSet(`${IMAGE}:v1.20.2`), agent('x', digest)).view();
    assert.equal(
      settings.unknown,
      `the version of Cilium is not known: the agent runs ${digest}, which carries no version`,
    );
    assert.deepEqual(others, []);
  });

  test('of pods with the label in another namespace, or without it, is nobodys', () => {
    const elsewhere = pod('a/x', { 'k8s-app': 'cilium' }, { spec: { containers: containers(`${IMAGE}:v1.18.8`) } });
    const other = pod(
      'kube-system/y',
      { 'k8s-app': 'hubble' },
      { spec: { containers: containers(`${IMAGE}:v1.18.8`) } },
    );
    assert.deepEqual(versionsOf(storeOf(agentSet(`${IMAGE}:v1.20.2`), elsewhere, other)), ['1.20.2']);
  });

  test('that the operator gives holds for all agents', () => {
    const store = new ClusterStore({ version: version('1.19.5') });
    put(store, agentSet(`${IMAGE}:v1.20.2`), agent('x', `${IMAGE}:blue`));
    assert.deepEqual(versionsOf(store), ['1.19.5']);
    assert.equal(store.view().settings.unknown, undefined);
  });
});

describe('during an upgrade', () => {
  test('the version of the agents that are still to be replaced holds too, until the last of them is gone', () => {
    const store = storeOf(agentSet(`${IMAGE}:v1.20.2`), agent('x', `${IMAGE}:v1.19.5`), agent('y', `${IMAGE}:v1.20.2`));
    assert.deepEqual(versionsOf(store), ['1.20.2', '1.19.5']);
    remove(store, 'x');
    assert.deepEqual(versionsOf(store), ['1.20.2']);
  });

  test('agents that have finished run nothing', () => {
    const store = storeOf(agentSet(`${IMAGE}:v1.20.2`), agent('x', `${IMAGE}:v1.19.5`, { phase: 'Failed' }));
    assert.deepEqual(versionsOf(store), ['1.20.2']);
  });

  test('versions that behave the same are one', () => {
    assert.deepEqual(versionsOf(storeOf(agentSet(`${IMAGE}:v1.19.7`), agent('x', `${IMAGE}:v1.19.6`))), ['1.19.7']);
  });

  test('the order of arrival makes no difference', () => {
    const objects = [agentSet(`${IMAGE}:v1.19.5`), agent('x', `${IMAGE}:v1.20.2`), agent('y', `${IMAGE}:v1.19.5`)];
    assert.deepEqual(versionsOf(storeOf(...objects)), ['1.19.5', '1.20.2']);
    assert.deepEqual(versionsOf(storeOf(...objects.toReversed())), ['1.19.5', '1.20.2']);
  });

  test('each version has its own identities of the same pods', () => {
    const store = storeOf(
      namespace('a'),
      pod(
        'a/web',
        { app: 'web' },
        { spec: { containers: [{ name: 'web', ports: [{ name: 'http', containerPort: 80 }] }] } },
      ),
      agentSet(`${IMAGE}:v1.20.2`),
      agent('x', `${IMAGE}:v1.19.5`),
    );
    put(store, pod('a/late', { app: 'late' }));
    const view = store.view();
    const keyOf = (one: ClusterView): string =>
      [...one.identitiesIn('a')].map((id) => JSON.stringify(one.labelsOf(id))).join();
    assert.match(keyOf(view), /named-ports/);
    assert.equal(view.others.length, 1);
    for (const other of view.others) {
      assert.doesNotMatch(keyOf(other), /named-ports/);
      assert.match(keyOf(other), /late/);
    }
  });

  test('more than three at once are not compared: nothing is known for sure', () => {
    const tags = ['v1.18.6', 'v1.18.8', 'v1.19.5', 'v1.20.2'];
    const { settings, others } = storeOf(...tags.map((tag, at) => agent(`x${at}`, `${IMAGE}:${tag}`))).view();
    assert.match(
      settings.unknown ?? '',
      /^agents run with 4 versions or configurations at once, and 3 at most are compared$/,
    );
    assert.deepEqual(others, []);
  });

  test('pods that come and go among their likes derive nothing again', () => {
    const store = storeOf(agentSet(`${IMAGE}:v1.20.2`), agent('x', `${IMAGE}:v1.19.5`));
    const { rebuilt } = store.apply({ type: 'upsert', object: decoded(agent('y', `${IMAGE}:v1.19.5`)) });
    assert.equal(rebuilt, false);
  });
});

describe('a change of cilium-config', () => {
  const BEFORE = config({ labels: 'k8s:app' }, '2026-11-23T08:00:00Z');
  const AFTER = config({ labels: 'k8s:tier' }, '2026-11-23T10:00:00Z');
  const LABELS = { app: 'web', tier: 'front' };

  test('holds from now on, and what agents have read that started before holds too, until they start again', () => {
    const store = storeOf(
      namespace('a'),
      BEFORE,
      agentSet(`${IMAGE}:v1.20.2`),
      agent('x', `${IMAGE}:v1.20.2`, startedAt('2026-11-23T09:00:00Z')),
    );
    assert.equal(store.view().others.length, 0);
    put(store, AFTER);
    const [now = '', still = '', ...more] = keysOf(store.view(), LABELS);
    assert.match(now, /tier=front/);
    assert.match(still, /app=web/);
    assert.deepEqual(more, []);
    assert.equal(store.view().others[0]?.settings.formerConfig, true);
    remove(store, 'x');
    put(store, agent('y', `${IMAGE}:v1.20.2`, startedAt('2026-11-23T10:00:00Z')));
    assert.equal(store.view().others.length, 0);
  });

  test('that the model does not look at is none', () => {
    const store = storeOf(
      BEFORE,
      agentSet(`${IMAGE}:v1.20.2`),
      agent('x', `${IMAGE}:v1.20.2`, startedAt('2026-11-23T09:00:00Z')),
    );
    put(store, config({ labels: 'k8s:app', debug: 'true' }, '2026-11-23T10:00:00Z'));
    assert.equal(store.view().others.length, 0);
  });

  test('before the first state that was seen is not known, as long as agents run that have read it', () => {
    const store = storeOf(
      AFTER,
      agentSet(`${IMAGE}:v1.20.2`),
      agent('x', `${IMAGE}:v1.20.2`, startedAt('2026-11-23T09:00:00Z')),
    );
    assert.match(store.view().settings.unsettled ?? '', /^cilium-config was changed after agents had read it/);
    remove(store, 'x');
    assert.equal(store.view().settings.unsettled, undefined);
  });

  test('is none where only an annotation came later, or nobody says when anything was', () => {
    const started = agent('x', `${IMAGE}:v1.20.2`, startedAt('2026-11-23T09:00:00Z'));
    for (const [object, runs] of [
      [BEFORE, started],
      [ciliumConfig({ labels: 'k8s:tier' }), started],
      [AFTER, agent('x', `${IMAGE}:v1.20.2`)],
    ] as const) {
      const { settings, others } = storeOf(object, agentSet(`${IMAGE}:v1.20.2`), runs).view();
      assert.deepEqual([settings.unsettled, others], [undefined, []]);
    }
  });

  test('counts from when it was seen where its managed fields do not say', () => {
    const clock = (): number => Date.parse('2026-11-23T10:00:00Z');
    const store = new ClusterStore({ clock });
    const started = agent('x', `${IMAGE}:v1.20.2`, startedAt('2026-11-23T09:00:00Z'));
    put(store, ciliumConfig({ labels: 'k8s:app' }), agentSet(`${IMAGE}:v1.20.2`), started);
    assert.equal(store.view().settings.unsettled, undefined);
    put(store, ciliumConfig({ labels: 'k8s:tier' }));
    assert.equal(store.view().others[0]?.settings.config.labels, 'k8s:app');
  });

  test('is read when the init container reads it, which may be long after the pod began', () => {
    const status = {
      ...startedAt('2026-11-23T09:00:00Z'),
      initContainerStatuses: [{ name: 'config', state: { terminated: { startedAt: '2026-11-23T10:30:00Z' } } }],
    };
    const { settings } = storeOf(AFTER, agentSet(`${IMAGE}:v1.20.2`), agent('x', `${IMAGE}:v1.20.2`, status)).view();
    assert.equal(settings.unsettled, undefined);
  });
});

test('settings are named by their version, and by what cilium-config was', () => {
  const { settings } = new ClusterStore({ version: version('1.20.2') }).view();
  assert.equal(settingsName(settings), 'Cilium 1.20.2');
  assert.equal(settingsName({ ...settings, formerConfig: true }), 'Cilium 1.20.2 with cilium-config as it was before');
});
