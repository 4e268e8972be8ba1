import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MintTimes } from '../../../../src/cluster/usage/mint-times.ts';
import { ClusterStore } from '../../../../src/cluster/store.ts';
import { identityIn } from '../../../support/churn.ts';
import { decoded, version, type Json } from '../../../support/objects.ts';

const MINUTE_MS = 60_000;

test('objects made within ten minutes are counted by their creation, each once', () => {
  const clock = { now: 100 * MINUTE_MS };
  const times = new MintTimes(() => clock.now);
  times.set(1, 100 * MINUTE_MS);
  times.set(2, 91 * MINUTE_MS);
  times.set(3, 90 * MINUTE_MS);
  times.set(4, undefined);
  assert.equal(times.lately(), 2);
  times.set(1, 100 * MINUTE_MS);
  times.set(2, 90 * MINUTE_MS);
  assert.equal(times.lately(), 1);
  times.delete(1);
  times.delete(9);
  assert.equal(times.lately(), 0);
  times.set(5, 100 * MINUTE_MS);
  clock.now += 10 * MINUTE_MS;
  assert.equal(times.lately(), 0);
});

test('without a clock nothing is known', () => {
  const times = new MintTimes(undefined);
  times.set(1, 0);
  assert.equal(times.lately(), undefined);
});

test('a store counts those of its range that are there, under any settings', () => {
  const made = (id: number): Json => {
    const raw = identityIn('ci', id, { app: `a${id}` });
    return { ...raw, metadata: { ...(raw['metadata'] as Json), creationTimestamp: '2026-11-23T12:00:00Z' } };
  };
  const store = new ClusterStore({ version: version('1.20.2'), clock: () => Date.UTC(2026, 10, 23, 12, 5) });
  // The last is of another cluster of the mesh.
  for (const id of [1000, 1001, 2 ** 16 + 300]) store.apply({ type: 'upsert', object: decoded(made(id)) });
  assert.equal(store.view().usage.mintedLately, 2);
  store.apply({ type: 'delete', ref: { kind: 'CiliumIdentity', name: '1000' } });
  assert.equal(store.view().usage.mintedLately, 1);
  const data = { 'cluster-name': 'other' };
  const config = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { namespace: 'kube-system', name: 'cilium-config' },
    data,
  };
  store.apply({ type: 'upsert', object: decoded(config) });
  assert.equal(store.view().usage.mintedLately, 1);
  assert.equal(new ClusterStore({ version: version('1.20.2') }).view().usage.mintedLately, undefined);
});
