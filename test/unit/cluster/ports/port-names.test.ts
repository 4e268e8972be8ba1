/**
 * What names of ports stand for in policy maps, while pods and endpoints come and go.
 */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { refOf, type ClusterObject } from '../../../../src/cilium/objects.ts';
import { runToEnd } from '../../../../src/cilium/run-to-end.ts';
import { explainMap } from '../../../../src/review/explain.ts';
import { ClusterStore } from '../../../../src/cluster/store.ts';
import type { ClusterView } from '../../../../src/cluster/view.ts';
import {
  ciliumIdentity,
  decoded,
  labels,
  namespace,
  pod,
  policy,
  storeWith,
  version,
  type Json,
} from '../../../support/objects.ts';
import { RUNS, SEED } from '../../../support/random-cluster.ts';
import { answersOf } from '../../../support/view-answers.ts';

/** `http=80`, `dns=53/UDP`; of several containers. */
function containers(...lists: readonly (readonly string[])[]): readonly Json[] {
  return lists.map((written, index) => ({ name: `c${index}`, ports: written.map(containerPort) }));
}

function containerPort(text: string): Json {
  const [name = '', value = ''] = text.split('=');
  const [number, protocol = 'TCP'] = value.split('/');
  return { name, containerPort: Number(number), protocol };
}

function podWith(name: string, app: string, ports: readonly string[], spec: Json = {}): Json {
  return pod(`a/${name}`, { app }, { spec: { containers: containers(ports), ...spec } });
}

const onHTTP = { toPorts: [{ ports: [{ port: 'http', protocol: 'TCP' }] }] };
const TO_ALL_PODS = policy('a/out', {
  endpointSelector: { matchLabels: { app: 'client' } },
  egress: [{ toEndpoints: [{}], ...onHTTP }],
});
const TO_ANYBODY = policy('a/out', { endpointSelector: { matchLabels: { app: 'client' } }, egress: [onHTTP] });
const FROM_CLIENTS = policy('a/in', {
  endpointSelector: { matchLabels: { app: 'web' } },
  ingress: [{ fromEndpoints: [{ matchLabels: { app: 'client' } }], ...onHTTP }],
});

function endpoint(name: string, id: number, ports: readonly Json[]): Json {
  const status = { identity: { id }, 'named-ports': ports };
  return { apiVersion: 'cilium.io/v2', kind: 'CiliumEndpoint', metadata: { namespace: 'a', name }, status };
}

const HTTP = [{ name: 'http', port: 80, protocol: 'TCP' }];

function cluster(ciliumVersion: string, ...objects: readonly Json[]): ClusterStore {
  return storeWith([namespace('a'), ...objects], ciliumVersion);
}

function put(store: ClusterStore, raw: Json): void {
  store.apply({ type: 'upsert', object: decoded(raw) });
}

function remove(store: ClusterStore, raw: Json): void {
  store.apply({ type: 'delete', ref: refOf(decoded(raw)) });
}

function appOf(view: ClusterView, id: number): string {
  return view.labelsOf(id)?.find(({ key }) => key === 'app')?.value ?? String(id);
}

/** `client web:80` for each entry of a port, over all sets of ports that endpoints of the app have. */
function portEntries(view: ClusterView, app: string, direction: 'ingress' | 'egress'): readonly string[] {
  const ids = [...view.identities()].filter((id) => appOf(view, id) === app);
  const found = ids.flatMap((id) =>
    [...view.portSetsOf(id)].flatMap(({ ports }) => {
      const policyClass = view.classOf(view.labelsOf(id) ?? [], id, ports);
      const map = view.policyMap(policyClass);
      assert.equal(runToEnd(view.entriesSteps(policyClass)), map.size);
      return [...map.entries()].filter((entry) => entry.direction === direction && entry.port !== 0);
    }),
  );
  return found.map(({ identity, port }) => `${appOf(view, identity)}:${port}`).sort();
}

suite('a port name on egress', () => {
  const client = podWith('client', 'client', []);
  const web = podWith('web', 'web', ['http=80']);
  const other = podWith('other', 'db', ['http=8080']);

  for (const ciliumVersion of ['1.18.8', '1.19.7']) {
    test(`is one port of the whole cluster in ${ciliumVersion}, while all pods agree`, () => {
      const store = cluster(ciliumVersion, client, TO_ALL_PODS);
      assert.deepEqual(portEntries(store.view(), 'client', 'egress'), []);
      put(store, web);
      assert.deepEqual(portEntries(store.view(), 'client', 'egress'), ['client:80', 'web:80']);
      put(store, other);
      assert.deepEqual(portEntries(store.view(), 'client', 'egress'), []);
      put(store, podWith('other', 'db', ['http=80']));
      assert.deepEqual(portEntries(store.view(), 'client', 'egress'), ['client:80', 'db:80', 'web:80']);
      put(store, other);
      remove(store, web);
      assert.deepEqual(portEntries(store.view(), 'client', 'egress'), ['client:8080', 'db:8080']);
    });
  }

  test('is a port of each identity since 1.20', () => {
    const store = cluster('1.20.2', client, TO_ALL_PODS);
    put(store, web);
    assert.deepEqual(portEntries(store.view(), 'client', 'egress'), ['web:80']);
    put(store, other);
    assert.deepEqual(portEntries(store.view(), 'client', 'egress'), ['db:8080', 'web:80']);
    remove(store, web);
    assert.deepEqual(portEntries(store.view(), 'client', 'egress'), ['db:8080']);
  });

  test('is a port of each identity under the wildcard too since 1.20', () => {
    const store = cluster('1.20.2', client, TO_ANYBODY);
    assert.deepEqual(portEntries(store.view(), 'client', 'egress'), []);
    put(store, web);
    assert.deepEqual(portEntries(store.view(), 'client', 'egress'), ['web:80']);
  });

  test('has another protocol than the one that is asked for', () => {
    for (const ciliumVersion of ['1.19.7', '1.20.2']) {
      const store = cluster(ciliumVersion, client, TO_ALL_PODS, podWith('web', 'web', ['http=80/UDP']));
      assert.deepEqual(portEntries(store.view(), 'client', 'egress'), []);
    }
  });

  for (const [whom, out] of [
    ['pods', TO_ALL_PODS],
    ['everybody', TO_ANYBODY],
  ] as const) {
    test(`follows an identity from the number that was made up to its own, and to a second one, in rules for ${whom}`, () => {
      const store = cluster('1.20.2', client, out, web);
      const [made = 0] = [...store.view().identities()].filter((id) => appOf(store.view(), id) === 'web');
      const securityLabels = Object.fromEntries(
        (store.view().labelsOf(made) ?? []).map(({ source, key, value }) => [`${source}:${key}`, value]),
      );
      assert.deepEqual(portEntries(store.view(), 'client', 'egress'), ['web:80']);
      put(store, ciliumIdentity(4711, securityLabels));
      assert.deepEqual(portEntries(store.view(), 'client', 'egress'), ['web:80']);
      put(store, ciliumIdentity(4712, securityLabels));
      assert.deepEqual(portEntries(store.view(), 'client', 'egress'), ['web:80', 'web:80']);
    });
  }

  test('counts in what one more identity adds as it is then', () => {
    for (const [ciliumVersion, gained] of [
      ['1.19.7', [0, 1]],
      ['1.20.2', [0, 0]],
    ] as const) {
      const store = cluster(ciliumVersion, client, TO_ALL_PODS);
      const gain = (): number => {
        const [id = 0] = store.view().identities();
        const gaining = [...store.view().classesGaining(store.view().labelsOf(id) ?? [])];
        return gaining.find((one) => one !== undefined)?.gained ?? 0;
      };
      assert.equal(gain(), gained[0]);
      put(store, web);
      assert.equal(gain(), gained[1]);
    }
  });

  test('is counted where somebody comes of whom no peer asks but by the name', () => {
    const store = cluster('1.20.2', client, TO_ANYBODY);
    const ports = new Map([['http', { protocol: 6, port: 80 }]]);
    const gaining = [...store.view().classesGaining(labels('k8s:app=new'), ports)];
    assert.deepEqual(
      gaining.flatMap((one) => (one === undefined ? [] : [one.gained])),
      [1],
    );
  });

  test("is nobody's whose identity was collected", () => {
    const store = cluster('1.20.2', client, TO_ANYBODY, endpoint('gone', 4711, HTTP));
    assert.deepEqual(portEntries(store.view(), 'client', 'egress'), []);
  });
});

suite('a port name on ingress', () => {
  const client = podWith('client', 'client', []);

  test('is a port of the pod itself, so that pods of one identity may have several maps', () => {
    const store = cluster('1.19.7', client, FROM_CLIENTS, podWith('one', 'web', ['http=80']));
    assert.deepEqual(portEntries(store.view(), 'web', 'ingress'), ['client:80']);
    put(store, podWith('two', 'web', ['http=8080']));
    put(store, podWith('three', 'web', []));
    const view = store.view();
    assert.deepEqual(portEntries(view, 'web', 'ingress'), ['client:80', 'client:8080']);
    const [id = 0] = [...view.identities()].filter((one) => appOf(view, one) === 'web');
    const classes = [...view.portSetsOf(id)].map(({ ports }) => view.classOf(view.labelsOf(id) ?? [], id, ports));
    assert.equal(new Set(classes.map(({ key }) => key)).size, 3);
    for (const policyClass of classes) assert.deepEqual([...view.membersOf(policyClass)], [id]);
    remove(store, podWith('one', 'web', []));
    assert.deepEqual(portEntries(store.view(), 'web', 'ingress'), ['client:8080']);
  });

  test('of two ports with one name in a pod is the last, whatever its protocol', () => {
    const spec = { containers: containers(['http=80'], ['http=8080/UDP']) };
    const store = cluster('1.19.7', client, FROM_CLIENTS, podWith('one', 'web', [], spec));
    assert.deepEqual(portEntries(store.view(), 'web', 'ingress'), []);
    const same = { containers: containers(['http=80'], ['http=81']) };
    put(store, podWith('one', 'web', [], same));
    assert.deepEqual(portEntries(store.view(), 'web', 'ingress'), ['client:81']);
  });

  test('is not that of an init container, even of one that goes on running', () => {
    const initContainers = [{ name: 'sidecar', restartPolicy: 'Always', ports: [containerPort('http=80')] }];
    const store = cluster('1.19.7', client, FROM_CLIENTS, podWith('one', 'web', [], { initContainers }));
    assert.deepEqual(portEntries(store.view(), 'web', 'ingress'), []);
  });
});

suite('who has named ports', () => {
  const client = podWith('client', 'client', []);
  const web = podWith('web', 'web', []);

  test('is told by a CiliumEndpoint while its pod is not known', () => {
    const store = cluster('1.19.7', client, web, TO_ALL_PODS, endpoint('gone', 4711, HTTP));
    assert.deepEqual(portEntries(store.view(), 'client', 'egress'), ['client:80', 'web:80']);
    put(store, podWith('gone', 'web', ['http=8080']));
    assert.deepEqual(portEntries(store.view(), 'client', 'egress'), ['client:8080', 'web:8080']);
    remove(store, podWith('gone', 'web', []));
    assert.deepEqual(portEntries(store.view(), 'client', 'egress'), ['client:80', 'web:80']);
    remove(store, endpoint('gone', 4711, HTTP));
    assert.deepEqual(portEntries(store.view(), 'client', 'egress'), []);
  });

  test('is told by a CiliumEndpointSlice, too', () => {
    const slice = (ports: readonly Json[]): Json => ({
      apiVersion: 'cilium.io/v2alpha1',
      kind: 'CiliumEndpointSlice',
      metadata: { name: 'ces-1' },
      namespace: 'a',
      endpoints: [{ name: 'gone', id: 4711, 'named-ports': ports }],
    });
    const store = cluster('1.19.7', client, TO_ALL_PODS, slice(HTTP));
    assert.deepEqual(portEntries(store.view(), 'client', 'egress'), ['client:80']);
    put(store, slice([]));
    assert.deepEqual(portEntries(store.view(), 'client', 'egress'), []);
  });

  for (const [what, rest] of [
    ['on the network of its node', { spec: { hostNetwork: true } }],
    ['that is finished', { status: { phase: 'Succeeded' } }],
  ] as const) {
    test(`is no pod ${what}`, () => {
      const shown = pod('a/web', { app: 'web' }, { spec: { containers: containers(['http=80']) } });
      const store = cluster('1.19.7', client, TO_ALL_PODS, shown);
      assert.deepEqual(portEntries(store.view(), 'client', 'egress'), ['client:80', 'web:80']);
      put(
        store,
        pod(
          'a/web',
          { app: 'web' },
          { ...rest, spec: { containers: containers(['http=80']), ...('spec' in rest ? rest.spec : {}) } },
        ),
      );
      assert.deepEqual(portEntries(store.view(), 'client', 'egress'), []);
    });
  }
});

suite('a what-if of a workload', () => {
  test('has the named ports of its template', () => {
    const store = cluster('1.20.2', podWith('client', 'client', []), TO_ANYBODY);
    const deployment = decoded({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { namespace: 'a', name: 'web' },
      spec: {
        replicas: 1,
        selector: { matchLabels: { app: 'web' } },
        template: { metadata: { labels: { app: 'web' } }, spec: { containers: containers(['http=80']) } },
      },
    });
    const after = store.view().after({ op: 'create', after: deployment });
    assert.deepEqual(portEntries(after, 'client', 'egress'), ['web:80']);
  });
});

/** Few pods with few ports, so that names change their meaning all the time. */
const somePod = fc
  .record({
    name: fc.constantFrom('p0', 'p1', 'p2', 'p3'),
    app: fc.constantFrom('web', 'client', 'db', 'job'),
    ports: fc.constantFrom([], ['http=80'], ['http=8080'], ['http=80/UDP'], ['dns=80']),
  })
  .map(({ name, app, ports }) => podWith(name, app, ports));

const change = fc.record({ raw: somePod, remove: fc.boolean() });
const anyVersion = fc.constantFrom('1.18.8', '1.19.7', '1.20.2');
const policies = fc.constantFrom([TO_ALL_PODS, FROM_CLIENTS], [TO_ANYBODY, FROM_CLIENTS], [FROM_CLIENTS], [TO_ANYBODY]);

test('while pods come and go, maps are those of a cluster that was built so, and what a what-if said', () => {
  fc.assert(
    fc.property(
      policies,
      fc.array(change, { minLength: 2, maxLength: 12 }),
      anyVersion,
      (some, changes, ciliumVersion) => {
        const store = cluster(ciliumVersion, ...some);
        const left = new Map<string, ClusterObject>();
        for (const { raw, remove: isGone } of changes) {
          answersOf(store.view());
          const object = decoded(raw);
          if (!isGone) {
            const after = answersOf(store.view().after({ op: 'create', after: object }));
            store.apply({ type: 'upsert', object });
            const applied = answersOf(store.view());
            if (after.length === applied.length) assert.deepEqual(after, applied);
            left.set(JSON.stringify(refOf(object)), object);
          } else {
            store.apply({ type: 'delete', ref: refOf(object) });
            left.delete(JSON.stringify(refOf(object)));
          }
        }
        const fresh = new ClusterStore({ version: version(ciliumVersion) });
        for (const object of [namespace('a'), ...some].map(decoded)) fresh.apply({ type: 'upsert', object });
        for (const object of left.values()) fresh.apply({ type: 'upsert', object });
        assert.deepEqual(answersOf(store.view()), answersOf(fresh.view()));
      },
    ),
    { seed: SEED, numRuns: RUNS },
  );
});

test('explain map says which pods are meant where those of an identity differ, and takes the largest map', () => {
  const narrow = policy('a/in', {
    endpointSelector: { matchLabels: { app: 'web' } },
    ingress: [{ fromEndpoints: [{ matchLabels: { app: 'client' } }], ...onHTTP }],
  });
  const store = cluster('1.19.7', podWith('client', 'client', []), narrow, podWith('one', 'web', ['http=80']));
  const [id = 0] = [...store.view().identities()].filter((one) => appOf(store.view(), one) === 'web');
  assert.equal(explainMap(store.view(), id)?.ownPorts, undefined);
  put(store, podWith('two', 'web', []));
  assert.deepEqual(explainMap(store.view(), id)?.ownPorts, ['http=80/TCP']);
  const without = explainMap(store.view(), id, new Map());
  assert.deepEqual(without?.ownPorts, []);
  assert.equal(
    without.entries.some(({ port }) => port === 80),
    false,
  );
});
