import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cnp, contextFor, podLabels, policyOf, type Spec } from '../../../support/policies.ts';

const web = { identity: 1001, labels: podLabels('a', 'web') };
const NAMED: Spec = { toPorts: [{ ports: [{ port: 'http' }] }] };
const EVERY_GROUP: Spec = { toCIDRSet: [{ cidrGroupSelector: {} }] };
const FROM_EVERY_GROUP: Spec = { fromCIDRSet: [{ cidrGroupSelector: {} }] };

function unknownIn(version: string, ...specs: readonly Spec[]): readonly string[] {
  const policies = specs.map((spec) => cnp({ endpointSelector: {}, ...spec }));
  return policyOf(policies, web, contextFor(version)).unsupported.map(({ feature, field }) => `${feature} ${field}`);
}

test('port names of everybody on egress are not known beside a selector of every CIDR group, in 1.20', () => {
  const both = [{ egress: [NAMED] }, { egress: [EVERY_GROUP] }];
  assert.deepEqual(unknownIn('1.20.2', ...both), ['every CIDR group spec.egress[0].toCIDRSet[0]']);
  assert.deepEqual(unknownIn('1.20.2', { egress: [NAMED], ingress: [FROM_EVERY_GROUP] }), [
    'every CIDR group spec.ingress[0].fromCIDRSet[0]',
  ]);
  assert.deepEqual(unknownIn('1.19.7', ...both), []);
});

test('a rule that has both is told once', () => {
  const once = ['every CIDR group spec.egress[0].toCIDRSet[0]'];
  assert.deepEqual(unknownIn('1.20.2', { egress: [{ ...NAMED, ...EVERY_GROUP }] }), once);
});

test('port names of some, and those of the pod itself, do not depend on it', () => {
  const some = { toEndpoints: [{}], ...NAMED };
  assert.deepEqual(unknownIn('1.20.2', { egress: [some, EVERY_GROUP] }), []);
  assert.deepEqual(unknownIn('1.20.2', { ingress: [NAMED, { ...NAMED, ...FROM_EVERY_GROUP }] }), []);
});
