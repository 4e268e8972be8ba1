import assert from 'node:assert/strict';
import { test } from 'node:test';
import { externalGroupKey, isExternalGroup } from '../../../../../src/cilium/policy/prefixes/cidr-groups.ts';

test('a group that the operator fills is told by its label', () => {
  const key = externalGroupKey('abc');
  assert.ok(isExternalGroup({ source: 'cidrgroup', key }));
  assert.ok(!isExternalGroup({ source: 'k8s', key }));
  assert.ok(!isExternalGroup({ source: 'cidrgroup', key: `${key}extgrp.cilium.io/`.slice(1) }));
});
