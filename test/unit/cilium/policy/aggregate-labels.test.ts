import assert from 'node:assert/strict';
import { test } from 'node:test';
import { takesAggregate } from '../../../../src/cilium/policy/aggregate-labels.ts';
import { endpointSelector, equals, exists, WILDCARD } from '../../../../src/cilium/policy/selector.ts';

test('one aggregate is enough, and the wildcard takes all', () => {
  for (const name of ['cluster', 'cluster-mesh', 'world', 'remote-node']) {
    assert.ok(takesAggregate(endpointSelector([equals('reserved', `aggregate-${name}`, '')])), name);
  }
  assert.ok(takesAggregate(WILDCARD));
});

test('a label of pods takes none', () => {
  assert.ok(!takesAggregate(endpointSelector([exists('k8s', 'app')])));
});
