import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Workload } from '../../../../src/cilium/objects.ts';
import { isWorkload } from '../../../../src/cilium/objects.ts';
import { customWorkloadKind } from '../../../../src/kubernetes/decode/custom-workload.ts';
import { decodeObject, formatFieldError } from '../../../../src/kubernetes/decode/decode-object.ts';

const ROLLOUT = { group: 'argoproj.io', version: 'v1alpha1', kind: 'Rollout', template: ['spec', 'template'] };
const CLUSTER = { group: 'db.example.com', version: 'v1', kind: 'Cluster', template: ['spec', 'nodes', 'podTemplate'] };
const customKinds = [ROLLOUT, CLUSTER].map(customWorkloadKind);
const template = {
  metadata: { labels: { app: 'web' } },
  spec: { hostNetwork: false, containers: [{ ports: [{ name: 'http', containerPort: 80 }] }] },
};

function decode(object: object): Workload {
  const decoded = decodeObject(object, { offline: false, customKinds });
  assert.ok(decoded.ok && isWorkload(decoded.value), JSON.stringify(decoded));
  return decoded.value;
}

function rollout(spec: object, metadata: object = {}): Workload {
  return decode({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name: 'web', namespace: 'shop', ...metadata },
    spec,
  });
}

describe('an object of a custom kind', () => {
  test('is a workload under its kind and group, with the template that stands at its path', () => {
    const object = rollout({ replicas: 3, selector: { matchLabels: { app: 'web' } }, template }, { uid: 'u1' });
    assert.deepEqual(object, {
      kind: 'Rollout.argoproj.io',
      name: 'web',
      namespace: 'shop',
      uid: 'u1',
      terminating: false,
      template: {
        labels: new Map([['app', 'web']]),
        serviceAccountName: 'default',
        hostNetwork: false,
        ports: [{ name: 'http', port: 80, protocol: '' }],
      },
      replicas: 3,
      selectorKeys: ['app'],
      images: [],
      templatePath: ['spec', 'template'],
    });
  });

  test('has its template as deep as its path says', () => {
    const spec = { nodes: { podTemplate: template }, template: { metadata: { labels: { not: 'this' } }, spec: {} } };
    const object = decode({ apiVersion: 'db.example.com/v1', kind: 'Cluster', metadata: { name: 'a' }, spec });
    assert.deepEqual([...object.template.labels.keys()], ['app']);
  });

  test('without a template makes no pods with an identity, and may name the workload whose template it uses', () => {
    const named = rollout({ workloadRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' } });
    assert.equal(named.template.hostNetwork, true);
    assert.deepEqual(named.templateOf, { kind: 'Deployment', name: 'web' });
    for (const workloadRef of ['web', { name: 7 }, {}, undefined])
      assert.equal(rollout({ workloadRef }).templateOf, undefined);
    assert.equal(rollout({ workloadRef: { kind: 'Deployment', name: 'web' }, template }).templateOf, undefined);
  });

  test('may have replicas and a selector of its own form', () => {
    const object = rollout({ replicas: { min: 1 }, selector: 'app=web', template });
    assert.deepEqual([object.replicas, object.selectorKeys], [1, []]);
  });

  test('with a template of a wrong shape is malformed, with the place', () => {
    const raw = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', metadata: { name: 'a' }, spec: { template: 7 } };
    const decoded = decodeObject(raw, { offline: false, customKinds });
    assert.equal(decoded.ok ? '' : formatFieldError(decoded.error), 'spec.template must be an object, is a number');
  });

  test('of another version or group is not read', () => {
    const kinds = ['argoproj.io/v1', 'argo.io/v1alpha1', 'v1alpha1'];
    const errors = kinds.map((apiVersion) =>
      decodeObject({ apiVersion, kind: 'Rollout' }, { offline: false, customKinds }),
    );
    assert.deepEqual(
      errors.map((error) => (error.ok ? '' : error.error.code)),
      ['unknown-kind', 'unknown-kind', 'unknown-kind'],
    );
  });
});

test('an owner of a custom kind is told by its group, too', () => {
  const ownerOf = (apiVersion: string, kind: string) =>
    rollout({ template }, { ownerReferences: [{ apiVersion, kind, name: 'o', uid: 'u', controller: true }] }).owner;
  assert.deepEqual(ownerOf('argoproj.io/v1alpha1', 'Rollout'), { kind: 'Rollout.argoproj.io', name: 'o', uid: 'u' });
  assert.equal(ownerOf('apps/v1', 'Deployment')?.kind, 'Deployment');
  assert.equal(ownerOf('deployments.example.com/v1', 'Deployment')?.kind, 'Deployment.deployments.example.com');
});
