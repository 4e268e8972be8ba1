import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isPolicy, type ClusterObject } from '../../../src/cilium/objects.ts';
import type { ClusterStore } from '../../../src/cluster/store.ts';
import { tenantsOfChange } from '../../../src/cluster/tenants-of-change.ts';
import { clusterwidePolicy, decoded, namespace, pod, policy, storeWith, type Json } from '../../support/objects.ts';
import { finding, settingsWith, submit } from '../../support/review.ts';

const LABELLED = { tenantLabel: 'example.com/tenant' };

function cluster(...objects: readonly Json[]): ClusterStore {
  return storeWith(objects, '1.20.2', LABELLED);
}

function owned(name: string, tenant: string): Json {
  return namespace(name, { 'example.com/tenant': tenant });
}

describe('the tenant of a namespace', () => {
  test('is that of its tenant label', () => {
    assert.equal(cluster(owned('team-a', 'web')).view().tenantOf('team-a'), 'label/web');
  });

  test('is its own where it has no such label, or an empty one', () => {
    const view = cluster(namespace('team-a', { tenant: 'web' }), owned('team-b', '')).view();
    assert.deepEqual(
      ['team-a', 'team-b'].map((name) => view.tenantOf(name)),
      ['namespace/team-a', 'namespace/team-b'],
    );
  });

  test('is its own where nothing says which label tells, and where the model does not know the namespace', () => {
    assert.equal(
      storeWith([owned('team-a', 'web')])
        .view()
        .tenantOf('team-a'),
      'namespace/team-a',
    );
    assert.equal(cluster().view().tenantOf('team-a'), 'namespace/team-a');
  });

  test('that is called like a tenant is another one, and clusterwide objects are of neither', () => {
    const view = cluster(owned('team-a', 'cluster'), namespace('cluster')).view();
    const tenants = ['team-a', 'cluster', undefined].map((name) => view.tenantOf(name));
    assert.deepEqual(tenants, ['label/cluster', 'namespace/cluster', 'cluster']);
  });

  test('follows its label, also in a what-if', () => {
    const store = cluster(owned('team-a', 'web'));
    const after = store.view().after({ op: 'create', after: decoded(owned('team-a', 'db')) });
    assert.equal(after.tenantOf('team-a'), 'label/db');
    store.apply({ type: 'upsert', object: decoded(owned('team-a', 'db')) });
    assert.equal(store.view().tenantOf('team-a'), 'label/db');
  });
});

describe('the tenants of a change', () => {
  const update = (before: Json, after: Json) =>
    tenantsOfChange({ op: 'update', before: decoded(before), after: decoded(after) }, cluster(before).view());

  test('are both where a Namespace changes hands, the new one first', () => {
    assert.deepEqual(update(owned('team-a', 'web'), owned('team-a', 'db')), ['label/db', 'label/web']);
    assert.deepEqual(update(owned('team-a', 'web'), namespace('team-a')), ['namespace/team-a', 'label/web']);
  });

  test('are one where it keeps its label, and where it is created', () => {
    assert.deepEqual(update(owned('team-a', 'web'), owned('team-a', 'web')), ['label/web']);
    const created: ClusterObject = decoded(owned('team-a', 'web'));
    assert.deepEqual(tenantsOfChange({ op: 'create', after: created }, cluster().view()), ['label/web']);
  });

  test('are those of the namespace of the object, or of clusterwide objects', () => {
    const view = cluster(owned('team-a', 'web')).view();
    const tenantsOf = (raw: Json) => tenantsOfChange({ op: 'create', after: decoded(raw) }, view);
    assert.deepEqual(tenantsOf(pod('team-a/p')), ['label/web']);
    assert.deepEqual(tenantsOf(clusterwidePolicy('deny', { endpointSelector: {}, ingress: [{}] })), ['cluster']);
  });
});

describe('a namespace of the same tenant', () => {
  const LIMIT = 256;
  const CONFIG = { 'bpf-policy-map-max': String(LIMIT) };
  const config: Json = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { namespace: 'kube-system', name: 'cilium-config' },
    data: CONFIG,
  };
  const settings = settingsWith('enforce', { adviceAsWarning: new Set(['policy-map-overflow']) });
  /** Of `team-b`: from every pod of `team-a`, on two ports. */
  const greedy = policy('team-b/greedy', {
    endpointSelector: {},
    ingress: [
      {
        fromEndpoints: [{ matchLabels: { 'k8s:io.kubernetes.pod.namespace': 'team-a' } }],
        toPorts: [{ ports: ['80', '81'].map((port) => ({ port, protocol: 'TCP' })) }],
      },
    ],
  });
  const pods = (labels: Readonly<Record<string, string>> = {}) =>
    Array.from({ length: 125 }, (_, index) => pod(`team-a/p${index}`, { app: `a${index}`, ...labels }));
  const full = (a: Json, b: Json): ClusterStore =>
    cluster(config, a, b, pod('team-b/x', { app: 'secret' }), greedy, ...pods());

  test('answers for the maps that policies of the other fill, and reads about them', () => {
    const store = full(owned('team-a', 'web'), owned('team-b', 'web'));
    const decision = submit(store, pod('team-a/one-more', { app: 'new' }), { settings });
    assert.equal(decision.verdict, 'deny');
    assert.deepEqual(
      finding(decision, 'policy-map-overflow').causes.map(({ object }) => object.name),
      ['greedy'],
    );
  });

  test('is judged by the tenant before and by the one after where it changes hands', () => {
    const moved = (before: Json, after: Json) =>
      finding(submit(full(before, owned('team-b', 'web')), after, { before, settings }), 'policy-map-overflow');
    const leaves = moved(owned('team-a', 'web'), owned('team-a', 'db'));
    const comes = moved(owned('team-a', 'db'), owned('team-a', 'web'));
    assert.deepEqual([leaves.denies, comes.denies], [true, true]);
    assert.match(leaves.message, /team-b\/x; .*CiliumNetworkPolicy team-b\/greedy/);
    // Who says that he is of another tenant must not read what that one has.
    assert.doesNotMatch(JSON.stringify(comes), /team-b|greedy/);
  });

  test('may be where the flow comes from that shows an allow to be dead; one of another tenant is not', () => {
    const deny = clusterwidePolicy('deny', { endpointSelector: {}, ingressDeny: [{ fromEndpoints: [{}] }] });
    const allow = policy('team-a/web', {
      endpointSelector: {},
      ingress: [
        { fromEndpoints: [{ matchExpressions: [{ key: 'k8s:io.kubernetes.pod.namespace', operator: 'Exists' }] }] },
      ],
    });
    assert.ok(isPolicy(decoded(allow)));
    const podsOf = (tenant: string): (string | undefined)[] => {
      const store = cluster(owned('team-a', 'web'), owned('team-b', tenant), pod('team-b/peer', { app: 'b' }), deny);
      const { witness } = finding(submit(store, allow), 'dead-allow');
      return [witness?.source].map((end) => (end?.kind === 'endpoint' ? end.pod : undefined));
    };
    assert.deepEqual(podsOf('web'), ['team-b/peer']);
    assert.deepEqual(podsOf('db'), [undefined]);
  });
});
