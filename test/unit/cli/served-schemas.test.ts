import assert from 'node:assert/strict';
import { test } from 'node:test';
import { servedSchemas } from '../../../src/cli/served-schemas.ts';
import { ClusterStore } from '../../../src/cluster/store.ts';
import type { ClusterView } from '../../../src/cluster/view.ts';
import { decoded, pod, policy } from '../../support/objects.ts';

const MESH = policy('a/mesh', { endpointSelector: {}, egress: [{ toEntities: ['cluster-mesh'] }] });
const MOON = policy('a/moon', { endpointSelector: {}, egress: [{ toEntities: ['moon'] }] });

/** Agents of these versions; the DaemonSet has the first. */
function running(...versions: readonly [string, ...string[]]): ClusterView {
  const spec = (version: string) => ({
    containers: [{ name: 'cilium-agent', image: `quay.io/cilium/cilium:${version}` }],
  });
  const labels = { 'k8s-app': 'cilium' };
  const daemonSet = {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { namespace: 'kube-system', name: 'cilium' },
    spec: { template: { metadata: { labels }, spec: spec(versions[0]) } },
  };
  const pods = versions.map((version, index) => pod(`kube-system/cilium-${index}`, labels, { spec: spec(version) }));
  const store = new ClusterStore();
  for (const object of [daemonSet, ...pods]) store.apply({ type: 'upsert', object: decoded(object) });
  return store.view();
}

function answer(raw: unknown, view: ClusterView): readonly string[] {
  const schemas = servedSchemas(raw, view);
  const by = schemas.kind === 'refused' ? schemas.by : schemas.exceptBy;
  return [schemas.kind, ...by.map(({ crds }) => crds)];
}

test('a policy is refused by the schema of the one version that runs', () => {
  assert.deepEqual(answer(MESH, running('v1.19.7')), ['refused', '1.19']);
  assert.deepEqual(answer(MESH, running('v1.20.2')), ['taken']);
});

test('of several versions all have to refuse it', () => {
  assert.deepEqual(answer(MESH, running('v1.20.2', 'v1.19.7', 'v1.18.8')), ['taken', '1.19', '1.18']);
  assert.deepEqual(answer(MOON, running('v1.20.2', 'v1.19.7', 'v1.18.8')), ['refused', '1.20', '1.19', '1.18']);
});

test('of two patches of one minor the schema is one', () => {
  assert.deepEqual(answer(MOON, running('v1.19.7', 'v1.19.5')), ['refused', '1.19']);
});

test('where a version is not known, anything may be taken', () => {
  assert.deepEqual(answer(MOON, running('v1.20.2', 'latest')), ['taken']);
});
