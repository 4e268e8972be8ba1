import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Workload, WorkloadKind } from '../../../src/cilium/objects.ts';
import { isWorkload } from '../../../src/cilium/objects.ts';
import { givesLabel, keysOfControllers, podShapeOf, withoutLabelsOf } from '../../../src/cluster/workload-shape.ts';
import { decoded } from '../../support/objects.ts';

function workload(kind: string, name: string, uid = 'some-uid'): Workload {
  const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [] } };
  const spec = kind === 'CronJob' ? { jobTemplate: { spec: { template } } } : { template };
  const apiVersion = kind === 'Job' || kind === 'CronJob' ? 'batch/v1' : 'apps/v1';
  const object = decoded({ apiVersion, kind, metadata: { namespace: 'a', name, uid }, spec });
  assert.ok(isWorkload(object));
  return object;
}

const added = {
  Deployment: ['pod-template-hash'],
  ReplicaSet: [],
  StatefulSet: ['apps.kubernetes.io/pod-index', 'controller-revision-hash', 'statefulset.kubernetes.io/pod-name'],
  DaemonSet: ['controller-revision-hash', 'pod-template-generation'],
  Job: ['batch.kubernetes.io/controller-uid', 'batch.kubernetes.io/job-name', 'controller-uid', 'job-name'],
  CronJob: ['batch.kubernetes.io/controller-uid', 'batch.kubernetes.io/job-name', 'controller-uid', 'job-name'],
};

for (const [kind, keys] of Object.entries(added)) {
  test(`the pods of a ${kind} have the labels of its template and those of its controller`, () => {
    const { labels } = podShapeOf(workload(kind, 'web'));
    assert.deepEqual([...labels.keys()].sort(), ['app', ...keys].sort());
    assert.ok(keys.every((key) => givesLabel(kind as WorkloadKind, key)));
  });
}

test('a label is given by the controllers that know it', () => {
  const kinds = ['Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob'] as const;
  const givers = (key: string) => kinds.filter((kind) => givesLabel(kind, key));
  assert.deepEqual(givers('job-name'), ['Job', 'CronJob']);
  assert.deepEqual(givers('batch.kubernetes.io/job-completion-index'), ['Job']);
  assert.deepEqual(givers('app'), []);
});

test('the controller of a custom kind gives what is known of it', () => {
  assert.ok(givesLabel('Rollout.argoproj.io', 'rollouts-pod-template-hash'));
  assert.ok(keysOfControllers().includes('rollouts-pod-template-hash'));
  assert.ok(!givesLabel('Rollout.argoproj.io', 'pod-template-hash'));
  assert.ok(!givesLabel('Cluster.example.com', 'rollouts-pod-template-hash'));
});

test('the pods of a Job carry its name and its uid', () => {
  const { labels } = podShapeOf(workload('Job', 'nightly', 'uid-1'));
  assert.equal(labels.get('job-name'), 'nightly');
  assert.equal(labels.get('batch.kubernetes.io/job-name'), 'nightly');
  assert.equal(labels.get('controller-uid'), 'uid-1');
});

test('the pods of a template without a service account get the default one', () => {
  assert.equal(podShapeOf(workload('Deployment', 'web')).serviceAccountName, 'default');
});

test('without the labels of its controller a pod is its template again', () => {
  const deployment = workload('Deployment', 'web');
  assert.deepEqual(withoutLabelsOf('Deployment', podShapeOf(deployment)).labels, deployment.template.labels);
  assert.deepEqual(withoutLabelsOf('Job', podShapeOf(deployment)), podShapeOf(deployment));
});
