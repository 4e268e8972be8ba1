/**
 * A model that is filled and kept up from a server over real connections.
 */
import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Kind } from '../../../../src/cilium/objects.ts';
import { ClusterStore } from '../../../../src/cluster/store.ts';
import { connectTo } from '../../../../src/kubernetes/api/api-connection.ts';
import { KINDS } from '../../../../src/kubernetes/decode/kinds.ts';
import type { KindStanding } from '../../../../src/sources/live/kind-feed.ts';
import { openLiveSource, type LiveSource } from '../../../../src/sources/live/live-source.ts';
import { watchedKinds } from '../../../../src/sources/live/watched-kinds.ts';
import { answerStatus, ApiServer, line } from '../../../support/api-server.ts';
import { ciliumConfig, ciliumIdentity, namespace, pod, policy } from '../../../support/objects.ts';

const WATCHED = watchedKinds({ ciliumNamespace: 'kube-system', customKinds: [] });
const PATHS = new Map(WATCHED.map(({ entry, resource }) => [entry.kind, resource.paths[0] ?? '']));
const CILIUM = WATCHED.filter(({ entry }) => entry.apiGroup === 'cilium.io');

function pathOf(kind: Kind): string {
  return PATHS.get(kind) ?? assert.fail(kind);
}

/** A store that listens to a server, and what else it heard. */
class Listening {
  readonly store = new ClusterStore({ clock: () => 1_790_000_000_000 });
  readonly undecodable: string[] = [];
  readonly served: string[] = [];
  readonly standings: string[] = [];
  readonly #listeners = new Set<() => void>();
  readonly source: LiveSource;

  constructor(t: TestContext, server: ApiServer) {
    this.source = openLiveSource({
      connection: connectTo(server.access),
      ciliumNamespace: 'kube-system',
      customKinds: [],
      timing: { wait: async () => nextTurn(), silenceMs: 10_000, random: () => 0.5 },
      listener: {
        apply: (event) => {
          this.store.apply(event);
          this.#heard();
        },
        alive: () => this.#heard(),
        awaited: (kind) => this.served.push(`+${kind}`),
        unserved: (kind) => this.served.push(`-${kind}`),
        undecodable: (kind, name, reason) => this.undecodable.push(`${kind} ${name}: ${reason}`),
        standing: (kind, standing) => {
          this.standings.push(`${kind} ${textOf(standing)}`);
          this.#heard();
        },
      },
    });
    t.after(() => this.source.stop());
  }

  async until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      const { promise, resolve } = Promise.withResolvers<undefined>();
      const listener = (): void => resolve(undefined);
      this.#listeners.add(listener);
      await promise;
      this.#listeners.delete(listener);
    }
  }

  listed(): Promise<void> {
    return this.until(() => this.source.unlisted().length === 0);
  }

  #heard(): void {
    for (const listener of this.#listeners) listener();
  }
}

function textOf(standing: KindStanding): string {
  return standing.state === 'failing' ? `failing: ${standing.reason}` : standing.state;
}

/** Serves everything, or all but what is named. */
async function cluster(t: TestContext, without: readonly string[] = []): Promise<ApiServer> {
  const server = await ApiServer.start(t);
  return server.serve(...[...PATHS.values()].filter((path) => !without.includes(path)));
}

describe('what is watched', () => {
  test('is every kind of the model, but for Endpoints, which EndpointSlices tell', () => {
    const missing = KINDS.map(({ kind }) => kind).filter((kind) => !PATHS.has(kind));
    assert.deepEqual(missing, ['Endpoints']);
  });

  test('has the paths of an API server, and of ConfigMaps the one of the agents alone', () => {
    assert.equal(pathOf('Pod'), '/api/v1/pods');
    assert.equal(pathOf('Deployment'), '/apis/apps/v1/deployments');
    const cidrGroups = WATCHED.find(({ entry }) => entry.kind === 'CiliumCIDRGroup');
    assert.deepEqual(cidrGroups?.resource.paths, [
      '/apis/cilium.io/v2/ciliumcidrgroups',
      '/apis/cilium.io/v2alpha1/ciliumcidrgroups',
    ]);
    const config = WATCHED.find(({ entry }) => entry.kind === 'ConfigMap');
    assert.deepEqual(config?.resource, {
      paths: ['/api/v1/namespaces/kube-system/configmaps'],
      fieldSelector: 'metadata.name=cilium-config',
    });
  });
});

test('a cluster is listed, and its changes arrive', async (t) => {
  const server = await cluster(t);
  server.put(pathOf('Namespace'), namespace('a'));
  server.put(pathOf('Pod'), pod('a/x', { app: 'web' }));
  server.put(pathOf('CiliumIdentity'), ciliumIdentity(1_000, { 'k8s:app': 'web' }));
  server.put(pathOf('ConfigMap'), ciliumConfig({ 'cluster-name': 'prod' }));
  const listening = new Listening(t, server);
  await listening.listed();
  const { store } = listening;
  assert.deepEqual([store.count('Pod'), store.count('CiliumIdentity')], [1, 1]);
  assert.equal(store.view().settings.config.clusterName, 'prod');
  server.put(pathOf('CiliumNetworkPolicy'), policy('a/p', { endpointSelector: {} }));
  server.delete(pathOf('Pod'), pod('a/x'));
  server.put(pathOf('ConfigMap'), ciliumConfig({ 'cluster-name': 'other' }));
  await listening.until(
    () =>
      store.count('CiliumNetworkPolicy') === 1 &&
      store.count('Pod') === 0 &&
      store.view().settings.config.clusterName === 'other',
  );
  assert.deepEqual(listening.undecodable, []);
});

test('what went while nobody heard is gone once the kind is listed again', async (t) => {
  const server = await cluster(t);
  for (const name of ['x', 'y']) server.put(pathOf('Pod'), pod(`a/${name}`));
  const listening = new Listening(t, server);
  await listening.listed();
  server.unheard(pathOf('Pod'), () => {
    server.delete(pathOf('Pod'), pod('a/x'));
    server.forget();
  });
  await listening.until(() => listening.store.count('Pod') === 1);
  assert.ok(listening.store.get({ kind: 'Pod', namespace: 'a', name: 'y' }));
});

describe('a cluster without Cilium', () => {
  const without = CILIUM.flatMap(({ resource }) => resource.paths);

  test('is listed: its kinds are empty', async (t) => {
    const listening = new Listening(t, await cluster(t, without));
    await listening.listed();
    const states = new Map([...listening.source.standings()].map(([kind, { state }]) => [kind, state]));
    assert.deepEqual([states.get('CiliumIdentity'), states.get('Pod')], ['missing', 'watching']);
    assert.ok(listening.served.includes('-CiliumIdentity'));
  });

  test('gets it: its objects are picked up', async (t) => {
    const server = await cluster(t, without);
    const listening = new Listening(t, server);
    await listening.listed();
    server.serve(pathOf('CiliumIdentity'));
    server.put(pathOf('CiliumIdentity'), ciliumIdentity(1_000, { 'k8s:app': 'web' }));
    await listening.until(() => listening.store.count('CiliumIdentity') === 1);
    assert.equal(listening.served.filter((word) => word === '+CiliumIdentity').length, 2);
  });

  test('gets it, and its API server is not ready for it at once: it is watched all the same', async (t) => {
    const server = await cluster(t, without);
    const listening = new Listening(t, server);
    await listening.listed();
    const path = pathOf('CiliumIdentity');
    server.scriptFor(path, (response) => answerStatus(response, 429, 'storage is (re)initializing'));
    server.serve(path);
    server.put(path, ciliumIdentity(1_000, { 'k8s:app': 'web' }));
    await listening.until(() => listening.store.count('CiliumIdentity') === 1);
    assert.equal(listening.served.filter((word) => word === '+CiliumIdentity').length, 2);
  });

  test('any more: its objects go', async (t) => {
    const server = await cluster(t);
    server.put(pathOf('CiliumNode'), { metadata: { name: 'n' } });
    const listening = new Listening(t, server);
    await listening.listed();
    assert.equal(listening.store.count('CiliumNode'), 1);
    server.unserve(pathOf('CiliumNode'));
    await listening.until(() => listening.store.count('CiliumNode') === 0);
  });
});

describe('an object that cannot be decoded', () => {
  const broken = { metadata: { namespace: 'a', name: 'x' }, spec: { containers: 'none' } };

  test('is told of and kept out, and the others are not', async (t) => {
    const server = await cluster(t);
    server.put(pathOf('Pod'), broken);
    server.put(pathOf('Pod'), pod('a/y'));
    const listening = new Listening(t, server);
    await listening.listed();
    assert.equal(listening.store.count('Pod'), 1);
    assert.deepEqual(listening.undecodable, ['Pod x: spec.containers must be a list, is a string']);
  });

  test('is not what it was before', async (t) => {
    const server = await cluster(t);
    server.put(pathOf('Pod'), pod('a/x'));
    const listening = new Listening(t, server);
    await listening.listed();
    server.put(pathOf('Pod'), broken);
    await listening.until(() => listening.store.count('Pod') === 0);
  });

  test('for want of a name is told of, too', async (t) => {
    const server = await cluster(t);
    const listening = new Listening(t, server);
    await listening.listed();
    for (const type of ['ADDED', 'DELETED'])
      server.say(pathOf('Pod'), line(type, { metadata: { name: 7, resourceVersion: '99' } }));
    server.put(pathOf('Pod'), pod('a/y'));
    await listening.until(() => listening.store.count('Pod') === 1);
    assert.deepEqual(listening.undecodable, [
      'Pod : metadata.name must be a string, is a number (quote it)',
      'Pod : an object without a name is deleted',
    ]);
  });
});

test('what is in the way of a kind is said, and that it is over', async (t) => {
  const server = await cluster(t);
  server.script((response) => answerStatus(response, 403, 'may not'));
  const listening = new Listening(t, server);
  assert.equal(listening.source.unlisted().length, WATCHED.length);
  await listening.listed();
  const kind = listening.standings[0]?.split(' ')[0] ?? '';
  assert.deepEqual(
    listening.standings.filter((standing) => standing.startsWith(kind)),
    [`${kind} failing: the API server answers 403: may not`, `${kind} listing`, `${kind} watching`],
  );
});

test('what decides how the rest is read comes first', async (t) => {
  const server = await cluster(t);
  const listening = new Listening(t, server);
  await listening.listed();
  assert.deepEqual(
    new Set(server.asked.slice(0, 3).map(({ path }) => path)),
    new Set([pathOf('ConfigMap'), pathOf('DaemonSet'), pathOf('Namespace')]),
  );
});

test('one connection is kept for each watch, and none is left when it stops', async (t) => {
  const server = await cluster(t);
  const listening = new Listening(t, server);
  await listening.listed();
  assert.equal(server.connections, WATCHED.length);
  await listening.source.stop();
  await server.until(() => server.connections === 0);
});
