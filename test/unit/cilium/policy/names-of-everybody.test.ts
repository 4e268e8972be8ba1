import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isLeftToChance } from '../../../../src/cilium/policy/names-of-everybody.ts';
import { CIDR_WILDCARD, WILDCARD, type EndpointSelector } from '../../../../src/cilium/policy/selector.ts';
import { cnp, contextFor, podLabels, policyOf, rulesOf, type Spec } from '../../../support/policies.ts';

const web = { identity: 1001, labels: podLabels('a', 'web') };
const NAMED: Spec = { toPorts: [{ ports: [{ port: 'http', protocol: 'TCP' }] }] };
const EVERY_GROUP: Spec = { toCIDRSet: [{ cidrGroupSelector: {} }] };
const FROM_EVERY_GROUP: Spec = { fromCIDRSet: [{ cidrGroupSelector: {} }] };

function policiesOf(specs: readonly Spec[]) {
  return specs.map((spec, index) => cnp({ endpointSelector: {}, ...spec }, `p${index}`));
}

/** The selector of everybody on the named port. */
function everybodyIn(version: string, ...specs: readonly Spec[]): EndpointSelector | undefined {
  const { filters } = policyOf(policiesOf(specs), web, contextFor(version)).egress;
  return filters.find(({ port }) => port.kind === 'name')?.entries.get(WILDCARD.key)?.selector;
}

function isChance(...specs: readonly Spec[]): boolean {
  const context = contextFor('1.20.2');
  const policies = policiesOf(specs);
  const { filters } = policyOf(policies, web, context).egress;
  return isLeftToChance(
    filters,
    policies.flatMap((policy) => rulesOf(policy, context)),
  );
}

test('names of everybody on egress are those of the first selector of everybody, in 1.20', () => {
  const [named, group] = [{ egress: [NAMED] }, { egress: [EVERY_GROUP] }];
  assert.equal(everybodyIn('1.20.2', named, group), WILDCARD);
  assert.equal(everybodyIn('1.20.2', group, named), CIDR_WILDCARD);
  assert.equal(everybodyIn('1.19.7', group, named), WILDCARD);
});

test('ingress comes before egress, with what it allows by itself at its end', () => {
  const group = { egress: [NAMED], ingress: [FROM_EVERY_GROUP] };
  assert.equal(everybodyIn('1.20.2', group), CIDR_WILDCARD);
  assert.equal(everybodyIn('1.20.2', { ingress: [{ fromEntities: ['all'] }] }, group), WILDCARD);
  const open = { egress: [EVERY_GROUP, NAMED], ingress: [{}], enableDefaultDeny: { ingress: false } };
  assert.equal(everybodyIn('1.20.2', open), WILDCARD);
});

test('a rule with both takes the one of the groups', () => {
  assert.equal(everybodyIn('1.20.2', { egress: [{ ...NAMED, ...EVERY_GROUP }] }), CIDR_WILDCARD);
});

test('what other endpoints use first is left to chance only where names of everybody and every group are asked for', () => {
  assert.ok(isChance({ egress: [NAMED, EVERY_GROUP] }));
  assert.ok(!isChance({ egress: [NAMED] }));
  assert.ok(!isChance({ egress: [{ toEndpoints: [{}], ...NAMED }, EVERY_GROUP] }));
  assert.ok(!isChance({ ingress: [NAMED, { ...NAMED, ...FROM_EVERY_GROUP }] }));
});
