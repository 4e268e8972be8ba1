import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hostLabels } from '../../../../src/cilium/identity/host-labels.ts';
import { parseLabelFilter } from '../../../../src/cilium/identity/label-filter.ts';
import { formatLabel } from '../../../../src/cilium/identity/label.ts';
import { profileFor } from '../../../support/profile.ts';

function labelsOf(nodeLabels: Readonly<Record<string, string>>, version = '1.20.2'): readonly string[] | undefined {
  const profile = profileFor(version);
  const filter = parseLabelFilter({ profile });
  assert.ok(filter.ok);
  return hostLabels(new Map(Object.entries(nodeLabels)), { profile, filter: filter.value })?.map(formatLabel);
}

test('a host endpoint has the labels of its node that the filter for pods keeps', () => {
  assert.deepEqual(labelsOf({ pool: 'red', 'kubernetes.io/hostname': 'n1', 'node-role.kubernetes.io/worker': '' }), [
    'reserved:host',
    'k8s:node-role.kubernetes.io/worker',
    'k8s:pool=red',
  ]);
});

test('a label that takes the host endpoint for something else leaves it unknown', () => {
  assert.equal(labelsOf({ host: 'n1' }), undefined);
  assert.equal(labelsOf({ 'io.cilium.fixed-identity': 'x' }), undefined);
});

test('two labels that become one leave the host endpoint unknown, but only where they do', () => {
  const colliding = { 'reserved.pool': 'a', pool: 'b' };
  assert.equal(labelsOf(colliding, '1.19.7'), undefined);
  assert.deepEqual(labelsOf(colliding), ['reserved:host', 'k8s:pool=b', 'k8s:reserved.pool=a']);
});
