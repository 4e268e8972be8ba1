/** The demo cluster is what its description says, holds together, and tells the stories that its page promises. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { canonicalKey, labelArray, labelOf, type Label } from '../../../src/cilium/identity/label.ts';
import { podIdentity } from '../../../src/cilium/identity/pod-identity.ts';
import type { CiliumIdentity, ClusterObject, Namespace, Pod } from '../../../src/cilium/objects.ts';
import { formatRef, isPolicy, refOf } from '../../../src/cilium/objects.ts';
import { runToEnd } from '../../../src/cilium/run-to-end.ts';
import { ClusterStore } from '../../../src/cluster/store.ts';
import { DEFAULT_SETTINGS_OPTIONS, deriveSettings } from '../../../src/cluster/settings.ts';
import { decodeObject } from '../../../src/kubernetes/decode/decode-object.ts';
import { DEMO_CLUSTER, generateDemoCluster } from '../../../examples/generate-demo-cluster.ts';
import { at, manifestsIn } from './manifests.ts';

const manifests = manifestsIn('examples/demo-cluster');
const objects = manifests.map((manifest): ClusterObject => {
  const object = decodeObject(manifest, { offline: true });
  assert.ok(object.ok, `${manifest.file} ${manifest.metadata.name}: ${JSON.stringify(object)}`);
  return object.value;
});

function ofKind<Kind extends ClusterObject['kind']>(kind: Kind): readonly (ClusterObject & { kind: Kind })[] {
  return objects.filter((object): object is ClusterObject & { kind: Kind } => object.kind === kind);
}

const namespaces = new Map(ofKind('Namespace').map((namespace) => [namespace.name, namespace]));
const pods = ofKind('Pod');
const identities = ofKind('CiliumIdentity');

/** As the agents of the cluster see it. */
const settings = deriveSettings(1, DEFAULT_SETTINGS_OPTIONS, {
  configMap: ofKind('ConfigMap').find((configMap) => configMap.name === 'cilium-config'),
  agentImages: manifests
    .filter(({ kind, metadata }) => kind === 'DaemonSet' && metadata.name === 'cilium')
    .map((daemonSet) => String(at(daemonSet, 'spec', 'template', 'spec', 'containers', 0, 'image'))),
});

function keyOf(pod: Pod): string {
  const { profile, config, filter } = settings;
  assert.ok(filter.kind === 'known');
  const namespace = namespaces.get(pod.namespace) as Namespace;
  return podIdentity(pod, namespace, { profile, config, filter: filter.filter }).key;
}

function holdsIdentity(pod: Pod): boolean {
  return !pod.hostNetwork && pod.phase !== 'Succeeded';
}

const keysInUse = new Set(pods.filter(holdsIdentity).map(keyOf));

function keyOfIdentity(identity: CiliumIdentity): string {
  return canonicalKey(labelArray(identity.securityLabels));
}

function identitiesOf(namespace: string): readonly CiliumIdentity[] {
  return identities.filter(
    (identity) => labelOf(labelArray(identity.securityLabels), 'io.kubernetes.pod.namespace')?.value === namespace,
  );
}

describe('the demo cluster', () => {
  test('is what generating it again gives, byte for byte', () => {
    const generated = generateDemoCluster();
    for (const [path, text] of generated) assert.equal(readFileSync(join(DEMO_CLUSTER, path), 'utf8'), text, path);
    const onDisk = readdirSync(DEMO_CLUSTER, { recursive: true, encoding: 'utf8' });
    const written = onDisk.filter(
      (path) => path.endsWith('.yaml') && readFileSync(join(DEMO_CLUSTER, path), 'utf8').startsWith('# Written by'),
    );
    assert.deepEqual(written.sort(), [...generated.keys()].sort());
  });

  test('runs Cilium 1.19.7, with a configuration that the agent takes as written', () => {
    assert.deepEqual(settings.profile.version, { major: 1, minor: 19, patch: 7 });
    assert.equal(settings.unknown, undefined);
    assert.deepEqual(settings.problems, []);
    assert.equal(settings.config.clusterName, 'demo');
    assert.equal(settings.config.policyMapMax, 16_384);
  });

  test('is as large as a reader can still take in', () => {
    assert.ok(namespaces.size >= 28 && namespaces.size <= 36, `${namespaces.size} namespaces`);
    assert.ok(pods.length >= 250 && pods.length <= 400, `${pods.length} pods`);
    assert.ok(ofKind('CiliumNetworkPolicy').length + ofKind('NetworkPolicy').length >= 75);
  });

  test('has each object once', () => {
    const names = objects.map((object) => formatRef(refOf(object)));
    assert.equal(new Set(names).size, names.length);
    const uids = objects.map((object) => object.uid).filter((uid) => uid !== '');
    assert.equal(new Set(uids).size, uids.length);
    const addresses = manifests
      .filter((manifest) => manifest.kind === 'Pod' && at(manifest, 'spec', 'hostNetwork') !== true)
      .map((manifest) => at(manifest, 'status', 'podIP'));
    assert.equal(new Set(addresses).size, addresses.length);
  });

  test('has the namespace of every object, and the owner of every object that names one', () => {
    const owners = new Set(
      manifests.map(({ kind, metadata }) => `${kind}/${metadata.name}/${String(at(metadata, 'uid'))}`),
    );
    for (const { kind, metadata } of manifests) {
      if (metadata.namespace !== undefined) assert.ok(namespaces.has(metadata.namespace), `${kind} ${metadata.name}`);
      const references = (at(metadata, 'ownerReferences') ?? []) as readonly {
        kind: string;
        name: string;
        uid: string;
      }[];
      for (const owner of references) assert.ok(owners.has(`${owner.kind}/${owner.name}/${owner.uid}`), metadata.name);
    }
  });

  test('has exactly one CiliumIdentity for the predicted key of every pod', () => {
    const counts = new Map<string, number>();
    for (const identity of identities) {
      const key = keyOfIdentity(identity);
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    for (const pod of pods.filter(holdsIdentity))
      assert.equal(counts.get(keyOf(pod)), 1, `${pod.namespace}/${pod.name}`);
    assert.deepEqual(
      [...counts].filter(([, count]) => count !== 1),
      [],
    );
  });

  test('has an endpoint with the right identity for every pod that has one', () => {
    const byNumber = new Map(identities.map((identity) => [identity.id, keyOfIdentity(identity)]));
    const endpoints = ofKind('CiliumEndpointSlice').flatMap((slice) =>
      slice.endpoints.map(({ name, identity }) => [`${slice.namespace}/${name}`, byNumber.get(identity)] as const),
    );
    const expected = pods.filter(holdsIdentity).map((pod) => [`${pod.namespace}/${pod.name}`, keyOf(pod)] as const);
    assert.deepEqual(new Map(endpoints), new Map(expected));
  });
});

describe('namespace ci', () => {
  test('has 9 identities in use and more than 60 unused ones', () => {
    const inUse = identitiesOf('ci').filter((identity) => keysInUse.has(keyOfIdentity(identity)));
    assert.equal(inUse.length, 9);
    assert.ok(identitiesOf('ci').length - inUse.length >= 60);
  });

  test('has identities that differ in label build-id only', () => {
    const without = (label: Label): boolean => label.key !== 'build-id';
    const rest = identitiesOf('ci').map((identity) =>
      canonicalKey(labelArray(identity.securityLabels.filter(without))),
    );
    assert.equal(new Set(rest).size, 1);
  });
});

test('namespace ml-notebooks has more than 20 identities in use, so that relabelling it is worth a word', () => {
  assert.ok(new Set(pods.filter((pod) => pod.namespace === 'ml-notebooks').map(keyOf)).size > 20);
});

test('the policy map of edge/gateway is nearly full, and that of no other pod is a tenth full', () => {
  const store = new ClusterStore();
  for (const object of objects) store.apply({ type: 'upsert', object });
  const view = store.view();
  const entries = new Map<string, number>();
  for (const identity of view.identities()) {
    const labels = view.labelsOf(identity) ?? [];
    const name = `${labelOf(labels, 'io.kubernetes.pod.namespace')?.value ?? ''}/${labelOf(labels, 'app')?.value ?? ''}`;
    entries.set(name, Math.max(entries.get(name) ?? 0, runToEnd(view.entriesSteps(view.classOf(labels, identity)))));
  }
  const gateway = entries.get('edge/gateway') ?? 0;
  assert.ok(gateway > 15_500 && gateway < 16_000, `${gateway} entries`);
  entries.delete('edge/gateway');
  assert.ok(Math.max(...entries.values()) < 1_638);
});

test('some identities of most tenants are unused, but only those of ci are many', () => {
  const unused = identities.filter((identity) => !keysInUse.has(keyOfIdentity(identity)));
  const elsewhere = unused.filter((identity) => !identitiesOf('ci').includes(identity));
  assert.ok(elsewhere.length >= 15 && elsewhere.length < 50, `${elsewhere.length}`);
});

test('the clusterwide policies are the denies of the stories', () => {
  const clusterwide = objects.filter((object) => isPolicy(object) && !('namespace' in object)).map(({ name }) => name);
  assert.deepEqual(clusterwide, ['deny-metadata', 'deny-blocked-addresses', 'protect-vault']);
});
