import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isLeftToChance } from '../../../../src/cilium/policy/selector-cache.ts';
import type { FilterEntry } from '../../../../src/cilium/policy/filter-entry.ts';
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
  const rules = policies.flatMap((policy) => rulesOf(policy, context));
  return isLeftToChance(rules, filters, context);
}

test('names of everybody on egress are those of the first selector of everybody, in 1.20', () => {
  const [named, group] = [{ egress: [NAMED] }, { egress: [EVERY_GROUP] }];
  assert.equal(everybodyIn('1.20.2', named, group), WILDCARD);
  assert.equal(everybodyIn('1.20.2', group, named), CIDR_WILDCARD);
  const beside = { egress: [{ toCIDRSet: [{ cidr: '192.0.2.0/24' }, { cidrGroupSelector: {} }] }] };
  assert.equal(everybodyIn('1.20.2', beside, named), CIDR_WILDCARD);
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

const FROM_WORLD_GROUPS = { fromCIDRSet: [{ cidrGroupSelector: { matchLabels: { $world: '' } } }] };
const TO_WORLD: Spec = { toEntities: ['world'] };

/** Of the selectors on egress, those that a selector of CIDR groups stands for. */
function standIns(spec: Spec): readonly string[] {
  const [{ entries } = { entries: new Map<string, FilterEntry>() }] = policyOf(
    policiesOf([spec]),
    web,
    contextFor('1.20.2'),
  ).egress.filters;
  return [...entries].filter(([, { selector }]) => selector.spelledAsLabels === true).map(([text]) => text);
}

test('a selector of CIDR groups stands for the entity that is written alike and is used after it, in 1.20', () => {
  const text = '[["reserved","world","In",""]]';
  assert.deepEqual(standIns({ egress: [TO_WORLD], ingress: [FROM_WORLD_GROUPS] }), [text]);
  assert.deepEqual(standIns({ egress: [TO_WORLD] }), []);
  const beside = { fromCIDRSet: [{ cidr: '192.0.2.0/24' }, ...FROM_WORLD_GROUPS.fromCIDRSet] };
  assert.deepEqual(standIns({ egress: [TO_WORLD], ingress: [beside] }), [text]);
});

test('what is used first stands, and excepts make another text', () => {
  const first = { fromEntities: ['world'] };
  assert.deepEqual(standIns({ egress: [TO_WORLD], ingress: [first, FROM_WORLD_GROUPS] }), []);
  const excepted = { cidrGroupSelector: { matchLabels: { $world: '' } }, except: ['10.0.0.0/8'] };
  assert.deepEqual(standIns({ egress: [TO_WORLD], ingress: [{ fromCIDRSet: [excepted] }] }), []);
});

test('a selector of CIDR groups that names a source leaves it to chance, too', () => {
  assert.ok(isChance({ egress: [TO_WORLD], ingress: [FROM_WORLD_GROUPS] }));
  const byLabel = { fromCIDRSet: [{ cidrGroupSelector: { matchLabels: { env: 'x' } } }] };
  assert.ok(!isChance({ egress: [TO_WORLD], ingress: [byLabel] }));
});
