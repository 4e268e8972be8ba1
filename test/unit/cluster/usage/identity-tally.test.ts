import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { canonicalKey } from '../../../../src/cilium/identity/label.ts';
import { identityRange, isInRange } from '../../../../src/cilium/identity/numeric-identity.ts';
import { podNamespaceOf } from '../../../../src/cilium/identity/pod-labels.ts';
import { refOf, type ObjectRef } from '../../../../src/cilium/objects.ts';
import { ClusterStore } from '../../../../src/cluster/store.ts';
import type { Tenant } from '../../../../src/cluster/tenant.ts';
import { namespacePattern } from '../../../../src/cluster/usage/namespace-pattern.ts';
import { NO_USE, type TenantUse } from '../../../../src/cluster/usage/usage-layer.ts';
import type { ClusterView } from '../../../../src/cluster/view.ts';
import { buildIds, churnyObjects, identityIn, unusedIdentities } from '../../../support/churn.ts';
import {
  ciliumConfig,
  ciliumIdentity,
  decoded,
  namespace,
  pod,
  storeWith,
  version,
  type Json,
} from '../../../support/objects.ts';
import { anyCluster, anyObject, RUNS, SEED } from '../../../support/random-cluster.ts';

const CI = 'namespace/ci' as Tenant;

function use(parts: Partial<TenantUse>): TenantUse {
  return { ...NO_USE, ...parts };
}

function remove(store: ClusterStore, ref: ObjectRef): void {
  store.apply({ type: 'delete', ref });
}

test('a tenant has the keys of its pods and the unused ones of its namespace, each once', () => {
  const duplicate = identityIn('ci', 5000, buildIds(7));
  const { usage } = storeWith([...churnyObjects(), duplicate, pod('ci/new', { app: 'web' })]).view();
  assert.deepEqual(usage.of(CI), use({ inUse: 2, keys: 62, unused: 60 }));
  assert.deepEqual([...usage.tenants()], [CI]);
});

test('numbers in use are objects, duplicates included, and keys of pods that have none', () => {
  const duplicate = identityIn('ci', 5000, buildIds(7));
  const { usage } = storeWith([...churnyObjects(), duplicate, pod('ci/new', { app: 'web' })]).view();
  assert.deepEqual([usage.numbersInUse, usage.rangeSize], [63, 65_280]);
});

test("identities of other clusters of a mesh are nobody's and take no number", () => {
  const { usage } = storeWith([...churnyObjects(3), identityIn('ci', 2 ** 16 + 300, { app: 'far' })]).view();
  assert.deepEqual(usage.of(CI), use({ inUse: 1, keys: 4, unused: 3 }));
  assert.equal(usage.numbersInUse, 4);
});

test('an endpoint keeps an identity from being unused, and is no pod', () => {
  const endpoint = (id: number): Json => ({
    apiVersion: 'cilium.io/v2',
    kind: 'CiliumEndpoint',
    metadata: { namespace: 'ci', name: 'gone' },
    status: { identity: { id } },
  });
  const store = storeWith([...churnyObjects(3), endpoint(1001)]);
  assert.deepEqual(store.view().usage.of(CI), use({ inUse: 1, keys: 4, unused: 2 }));
  remove(store, { kind: 'CiliumEndpoint', namespace: 'ci', name: 'gone' });
  assert.deepEqual(store.view().usage.of(CI), use({ inUse: 1, keys: 4, unused: 3 }));
});

describe('by tenant label', () => {
  const labelled = { tenantLabel: 'tenant' };
  const WEB = 'label/web' as Tenant;
  const DB = 'label/db' as Tenant;

  test('the counts of a namespace that changes hands move with it', () => {
    const objects = [...churnyObjects(3), namespace('ci', { tenant: 'web' })];
    const store = storeWith(objects, '1.20.2', labelled);
    assert.deepEqual(store.view().usage.of(WEB).unused, 4);
    store.apply({ type: 'upsert', object: decoded(namespace('ci', { tenant: 'db' })) });
    assert.deepEqual(store.view().usage.of(WEB), NO_USE);
    assert.equal(store.view().usage.of(DB).unused, 4);
  });

  test('a namespace that is gone is that of the tenant whom its identities name', () => {
    const named = (id: number, tenant: string): Json =>
      ciliumIdentity(id, {
        'k8s:app': `a${id}`,
        'k8s:io.kubernetes.pod.namespace': 'pr-1',
        'k8s:io.cilium.k8s.namespace.labels.tenant': tenant,
      });
    const objects = [named(1000, 'web'), named(1001, 'web'), named(1002, 'db')];
    const { usage } = storeWith(objects, '1.20.2', labelled).view();
    assert.deepEqual(usage.of(WEB), use({ keys: 2, unused: 2, deleted: 2 }));
    assert.deepEqual(usage.of(DB), use({ keys: 1, unused: 1, deleted: 1 }));
    assert.equal(usage.deletedLike('pr-*'), 3);
    assert.deepEqual(usage.ofNamespace('pr-1'), { inUse: 0, keys: 3, unused: 3 });
  });
});

describe('with a clock', () => {
  const START = Date.UTC(2026, 0, 1, 12, 0, 0);
  const MINUTE = 60_000;

  function started() {
    const clock = { now: START };
    const store = new ClusterStore({ version: version('1.20.2'), clock: () => clock.now });
    const apply = (raw: Json): void => void store.apply({ type: 'upsert', object: decoded(raw) });
    return { clock, store, apply };
  }

  test('an unused identity is collected within two heartbeat timeouts and an interval of its last use', () => {
    const { clock, store, apply } = started();
    for (const raw of [namespace('ci'), identityIn('ci', 900, { app: 'job' }), pod('ci/a', { app: 'job' })]) apply(raw);
    clock.now += 30 * MINUTE;
    remove(store, { kind: 'Pod', namespace: 'ci', name: 'a' });
    assert.deepEqual(store.view().usage.collections(CI), [{ atMs: START + (30 + 75 + 1) * MINUTE, identities: 1 }]);
  });

  test('what is unused for longer is held against nobody, until somebody uses it again', () => {
    const { clock, store, apply } = started();
    for (const raw of [namespace('ci'), ...unusedIdentities(3, buildIds)]) apply(raw);
    clock.now += 75 * MINUTE;
    assert.equal(store.view().usage.of(CI).keys, 3);
    clock.now += MINUTE;
    const { usage } = store.view();
    assert.deepEqual(usage.of(CI), NO_USE);
    assert.deepEqual(usage.overdue(), { identities: 3, oldestMinutes: 76 });
    assert.deepEqual(usage.collections(CI), []);
    assert.equal(usage.numbersInUse, 3);
    apply(pod('ci/a', buildIds(1)));
    assert.deepEqual(store.view().usage.of(CI), use({ inUse: 1, keys: 1 }));
    assert.equal(store.view().usage.overdue().identities, 2);
  });

  test('a change of the configuration forgets no time', () => {
    const { clock, store, apply } = started();
    for (const raw of [namespace('ci'), ...unusedIdentities(3, buildIds)]) apply(raw);
    clock.now += 70 * MINUTE;
    apply(ciliumConfig({ 'cluster-name': 'default', 'identity-gc-interval': '10m' }));
    clock.now += MINUTE;
    assert.deepEqual(store.view().usage.of(CI), NO_USE);
  });

  test('files have no clock: nothing is known of the collection', () => {
    const { usage } = storeWith(churnyObjects(3)).view();
    assert.deepEqual(usage.collections(CI), []);
    assert.deepEqual(usage.overdue(), { identities: 0, oldestMinutes: 0 });
  });
});

/** What the tally must be: every key counted. */
function slowCounts(view: ClusterView) {
  const range = identityRange(view.settings.config);
  const tenants = new Map<string, TenantUse>();
  const patterns = new Map<string, number>();
  const seen = new Set<string>();
  let numbers = 0;
  for (const id of view.identities()) {
    if (view.hasNumber(id) && !isInRange(range, id)) continue;
    numbers += 1;
    const labels = view.labelsOf(id) ?? [];
    const key = canonicalKey(labels);
    const name = podNamespaceOf(labels) ?? '';
    if (seen.has(key) || name === '') continue;
    seen.add(key);
    const stored = view.namespace(name);
    const named = labels.find((label) => label.key === 'io.cilium.k8s.namespace.labels.team')?.value ?? '';
    const team = stored === undefined ? named : (stored.labels.get('team') ?? '');
    const tenant = team === '' ? `namespace/${name}` : `label/${team}`;
    const { pods, endpoints } = view.useOf(id);
    const before = tenants.get(tenant) ?? NO_USE;
    tenants.set(tenant, {
      inUse: before.inUse + Number(pods > 0),
      keys: before.keys + 1,
      unused: before.unused + Number(pods + endpoints === 0),
      deleted: before.deleted + Number(stored === undefined),
    });
    const pattern = namespacePattern(name);
    if (stored === undefined) patterns.set(pattern, (patterns.get(pattern) ?? 0) + 1);
  }
  return { numbers, tenants, patterns };
}

test('counts that were kept up are those of a count of everything', () => {
  const steps = fc.array(fc.record({ raw: anyObject, remove: fc.boolean() }), { maxLength: 30 });
  fc.assert(
    fc.property(anyCluster, steps, (objects, changes) => {
      const store = storeWith(objects, '1.20.2', { tenantLabel: 'team' });
      for (const { raw, remove: isRemoval } of changes) {
        const object = decoded(raw);
        store.apply(isRemoval ? { type: 'delete', ref: refOf(object) } : { type: 'upsert', object });
        const view = store.view();
        const { numbers, tenants, patterns } = slowCounts(view);
        assert.equal(view.usage.numbersInUse, numbers);
        assert.deepEqual(
          new Map([...view.usage.tenants()].map((tenant) => [tenant as string, view.usage.of(tenant)])),
          tenants,
        );
        for (const [pattern, keys] of patterns) assert.equal(view.usage.deletedLike(pattern), keys);
      }
    }),
    { seed: SEED, numRuns: RUNS },
  );
});
