/**
 * Which cluster is meant by what the command line says.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clusterSource, type ClusterSource } from '../../../src/cli/cluster-source.ts';
import { CommandError } from '../../../src/cli/command-error.ts';

type Options = Parameters<typeof clusterSource>[0];

const OUTSIDE = { inPod: false };
const IN_POD = { inPod: true };

test('what is named is meant, in a pod too', () => {
  const meant: readonly (readonly [Options, ClusterSource])[] = [
    [{ cluster: ['a.yaml'] }, { kind: 'files' }],
    [{ demo: true }, { kind: 'files' }],
    [{ kubeconfig: 'k' }, { kind: 'live', cluster: { from: 'kubeconfig', file: 'k' } }],
    [
      { kubeconfig: 'k', context: 'c' },
      { kind: 'live', cluster: { from: 'kubeconfig', file: 'k', context: 'c' } },
    ],
    [{ context: 'c' }, { kind: 'live', cluster: { from: 'default', context: 'c' } }],
  ];
  for (const [options, source] of meant) {
    for (const where of [OUTSIDE, IN_POD]) assert.deepEqual(clusterSource(options, where), source);
  }
});

test('nothing named is the cluster of the pod, and nowhere else anything', () => {
  assert.deepEqual(clusterSource({}, IN_POD), { kind: 'live', cluster: { from: 'pod' } });
  assert.throws(() => clusterSource({}, OUTSIDE), CommandError);
});

test('a live cluster and files exclude each other, and so do files and the demo', () => {
  for (const options of [
    { kubeconfig: 'k', cluster: ['a'] },
    { context: 'c', demo: true },
    { demo: true, cluster: ['a'] },
  ]) {
    assert.throws(() => clusterSource(options, IN_POD), CommandError);
  }
});
