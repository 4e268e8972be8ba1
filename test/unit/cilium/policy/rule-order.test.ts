import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ObjectRef } from '../../../../src/cilium/objects.ts';
import { comparePlaces, compareRules } from '../../../../src/cilium/policy/rule-order.ts';
import type { Rule, TierPlace } from '../../../../src/cilium/policy/rule.ts';
import { WILDCARD } from '../../../../src/cilium/policy/selector.ts';

const P: ObjectRef = { kind: 'CiliumNetworkPolicy', namespace: 'a', name: 'p' };

function rule(field: string, object = P, more: Partial<Rule> = {}): Rule {
  const direction = field.includes('ingress') ? 'ingress' : 'egress';
  const nothing = { peers: { kind: 'any' }, ports: { kind: 'any' }, unsupported: [] } as const;
  const subject = { subject: WILDCARD, subjectKind: 'endpoint', defaultDeny: true } as const;
  return { ref: { object, field }, direction, verdict: 'allow', ...subject, ...nothing, ...more };
}

/** Each list is in the order of the agent; every pair is asked, both ways. */
const ORDERS: readonly (readonly [says: string, rules: readonly Rule[]])[] = [
  [
    'objects come by kind, namespace and name',
    [
      rule('spec.egress[0]', { kind: 'CiliumClusterwideNetworkPolicy', name: 'p' }),
      rule('spec.egress[0]', P),
      rule('spec.egress[0]', { ...P, name: 'q' }),
      rule('spec.ingress[0]', { ...P, namespace: 'b' }),
      rule('spec.ingress[0]', { kind: 'ClusterNetworkPolicy', name: 'a' }),
      rule('spec.ingress[0]', { kind: 'NetworkPolicy', namespace: 'a', name: 'a' }),
    ],
  ],
  [
    'of one object ingress comes first, and each direction as it is written',
    [
      rule('spec.ingress[0]'),
      rule('spec.ingress[2]'),
      rule('spec.ingress[10]'),
      rule('spec.ingressDeny[0]'),
      rule('spec.egress[0]'),
      rule('spec.egress[0].toPorts[1]'),
      rule('spec.egressDeny[0]'),
    ],
  ],
  [
    'specs come one after the other',
    [rule('specs[0].egress[0]'), rule('specs[1].egress[0]'), rule('specs[2].egress[0]'), rule('specs[10].egress[0]')],
  ],
  [
    'tiers and priorities come before all else',
    [
      rule('spec.egress[5]', P, { tierPlace: { tier: 'Admin', priority: 0 } }),
      rule('spec.egress[4]', P, { tierPlace: { tier: 'Admin', priority: 9 } }),
      rule('spec.egress[3]'),
      rule('spec.egress[1]', P, { tierPlace: { tier: 'Baseline', priority: 0 } }),
      rule('spec.egress[0]', P, { tierPlace: { tier: 'Baseline', priority: 0.01 } }),
    ],
  ],
];

for (const [says, rules] of ORDERS) {
  test(says, () => {
    for (const [index, a] of rules.entries()) {
      for (const [other, b] of rules.entries()) {
        assert.equal(Math.sign(compareRules(a, b)), Math.sign(index - other), `${a.ref.field} and ${b.ref.field}`);
      }
    }
  });
}

test('places are those of tiers, of which the normal one has no priorities', () => {
  const admin: TierPlace = { tier: 'Admin', priority: 0 };
  assert.equal(comparePlaces(undefined, undefined), 0);
  assert.equal(comparePlaces(admin, { ...admin }), 0);
  assert.ok(comparePlaces(admin, undefined) < 0);
  assert.ok(comparePlaces({ tier: 'Baseline', priority: 0 }, undefined) > 0);
});
