import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  describeRef,
  formatRef,
  isCiliumPolicy,
  isPolicy,
  isWorkload,
  usesIdentity,
  type ClusterObject,
} from '../../../src/cilium/objects.ts';
import { decodeObject } from '../../../src/kubernetes/decode/decode-object.ts';
import { pod } from '../../support/objects.ts';

test('an object is told by its kind, and its namespace where it has one', () => {
  assert.equal(describeRef({ kind: 'Pod', namespace: 'shop', name: 'web-1' }), 'Pod shop/web-1');
  assert.equal(describeRef({ kind: 'CiliumClusterwideNetworkPolicy', name: 'c' }), 'CiliumClusterwideNetworkPolicy c');
  assert.equal(describeRef({ kind: 'Rollout.argoproj.io', namespace: 'shop', name: 'web' }), 'Rollout shop/web');
});

test('for maps and machines an object is one text, with its namespace where it has one', () => {
  assert.equal(formatRef({ kind: 'Pod', namespace: 'shop', name: 'web-1' }), 'Pod/shop/web-1');
  assert.equal(formatRef({ kind: 'Node', name: 'n1' }), 'Node/n1');
});

test('a pod has an identity of its own unless it is on the network of the host or finished', () => {
  const uses = (phase: string, spec: object = {}): boolean => {
    const decoded = decodeObject(pod('shop/web-1', {}, { status: { phase }, spec }));
    assert.ok(decoded.ok && decoded.value.kind === 'Pod');
    return usesIdentity(decoded.value);
  };
  for (const phase of ['Pending', 'Running', 'Unknown']) assert.equal(uses(phase), true, phase);
  for (const phase of ['Succeeded', 'Failed']) assert.equal(uses(phase), false, phase);
  assert.equal(uses('Running', { hostNetwork: true }), false);
});

test('each kind is a policy, a workload, or neither', () => {
  const ofCilium = ['CiliumNetworkPolicy', 'CiliumClusterwideNetworkPolicy'];
  const policies = [...ofCilium, 'NetworkPolicy', 'ClusterNetworkPolicy'];
  const workloads = ['Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob', 'Rollout.argoproj.io'];
  const kindsThat = (is: (object: ClusterObject) => boolean): readonly string[] =>
    [...policies, ...workloads, 'Pod', 'Rollout'].filter((kind) => is({ kind } as ClusterObject));
  assert.deepEqual(
    [kindsThat(isCiliumPolicy), kindsThat(isPolicy), kindsThat(isWorkload)],
    [ofCilium, policies, workloads],
  );
});
