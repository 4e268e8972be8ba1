import assert from 'node:assert/strict';
import { test } from 'node:test';
import { storedPolicy } from '../../../../src/cluster/policies/stored-policy.ts';
import { cnp, contextFor } from '../../../support/policies.ts';
import { parsePolicy } from '../../../../src/cilium/policy/parse/parse.ts';

function groupsOf(spec: Readonly<Record<string, unknown>>, generation = 1) {
  const object = cnp(spec);
  return storedPolicy(object, parsePolicy(object, contextFor('1.20.2')), generation).groups;
}

const rule = { fromEndpoints: [{}] };

test('thousands of rules with one subject are one group', () => {
  const groups = groupsOf({ endpointSelector: {}, ingress: Array.from({ length: 3_000 }, () => rule) });
  assert.deepEqual(
    groups.map(({ rules }) => rules.length),
    [3_000],
  );
});

test('versions of a policy have groups of different keys', () => {
  const spec = { endpointSelector: {}, ingress: [rule] };
  const keys = [1, 2].flatMap((generation) => groupsOf(spec, generation).map(({ key }) => key));
  assert.equal(new Set(keys).size, 2);
});

test('a policy that the agent refuses has no rules, and so no groups', () => {
  assert.deepEqual(groupsOf({ endpointSelector: {}, ingress: [{ fromCIDR: ['no prefix'] }] }), []);
});
