import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PolicyObject } from '../../../../src/cilium/objects.ts';
import { ccnp, cnp, contextFor, EVERY_KIND, kcnp, podLabels, policyOf, type Spec } from '../../../support/policies.ts';

const context = contextFor('1.20.2', EVERY_KIND);
const web = { identity: 1001, labels: podLabels('a', 'web') };

/** `priority effect` of every entry of the ingress filters, in their order. */
function levels(policies: readonly PolicyObject[]): readonly string[] {
  const { filters } = policyOf(policies, web, context).ingress;
  return filters.flatMap(({ entries }) =>
    [...entries.values()].map((entry) => `${entry.priority} ${entry.outcome.effect}`),
  );
}

function tiered(tier: string, priority: number, ...actions: readonly string[]): PolicyObject {
  const app = (index: number): Spec => ({
    pods: { podSelector: { matchLabels: { app: `${tier}-${priority}-${index}` } } },
  });
  return kcnp(
    { tier, priority, ingress: actions.map((action, index) => ({ action, from: [app(index)] })) },
    `${tier.toLowerCase()}-${priority}`,
  );
}

const allow = cnp({ endpointSelector: {}, ingress: [{ fromEndpoints: [{}] }] });

test('each tier begins at a multiple of ten, after the levels of those before', () => {
  assert.deepEqual(levels([allow]), ['0 allow', '10 allow']);
  assert.deepEqual(levels([allow, tiered('Admin', 5, 'Accept'), tiered('Baseline', 3, 'Deny')]), [
    '0 allow',
    '10 allow',
    '20 deny',
    '30 allow',
  ]);
  const many = Array.from({ length: 11 }, () => 'Deny');
  assert.equal(levels([allow, tiered('Admin', 0, ...many)]).at(-2), '20 allow');
});

test('different priorities of a tier are levels that follow each other, equal ones are one', () => {
  const policies = [tiered('Admin', 7, 'Deny'), tiered('Admin', 2, 'Accept', 'Deny')];
  assert.deepEqual(levels(policies), ['0 allow', '1 deny', '2 deny', '10 allow']);
  assert.deepEqual(levels([tiered('Admin', 2, 'Accept'), kcnp({ priority: 2, ingress: [{ action: 'Deny' }] }, 'z')]), [
    '0 allow',
    '0 deny',
    '10 allow',
  ]);
});

test('levels are told apart by the one before, not by the first', () => {
  const last = kcnp({ priority: 7, ingress: [{ action: 'Deny' }] }, 'z');
  const policies = [tiered('Admin', 2, 'Accept'), tiered('Admin', 7, 'Deny'), last];
  assert.deepEqual(levels(policies), ['0 allow', '1 deny', '1 deny', '10 allow']);
});

test('of two rules about one peer in a tier the earlier one stays, without those of the later for its origin', () => {
  const peer = { from: [{ namespaces: {} }] };
  const both = kcnp({
    ingress: [
      { action: 'Accept', ...peer },
      { action: 'Deny', ...peer },
    ],
  });
  const [filter] = policyOf([both], web, context).ingress.filters;
  const [entry, ...more] = filter?.entries.values() ?? [];
  assert.deepEqual([entry?.outcome.effect, more], ['allow', []]);
  assert.deepEqual(
    entry?.origins.map(({ field }) => field),
    ['spec.ingress[0].from[0]'],
  );
});

test('a peer is left out where the wildcard of its tier says the same at its priority, and only there', () => {
  const on80 = { protocols: [{ tcp: { destinationPort: { number: 80 } } }] };
  const elided = (elements: readonly Spec[]): number =>
    policyOf([kcnp({ ingress: elements })], web, context).ingress.filters.reduce(
      (sum, one) => sum + one.elided.length,
      0,
    );
  const peers = [{ namespaces: {} }];
  assert.equal(
    elided([
      { action: 'Accept', ...on80 },
      { action: 'Accept', from: peers, ...on80 },
    ]),
    0,
  );
  const everybody = kcnp({ ingress: [{ action: 'Deny', ...on80 }] }, 'x');
  const some = kcnp({ ingress: [{ action: 'Deny', from: peers, ...on80 }] }, 'y');
  assert.equal(policyOf([everybody, some], web, context).ingress.filters[0]?.elided.length, 1);
});

test('rules that exclude each other in one tier do not in two', () => {
  const names = { action: 'Accept', to: [{ domainNames: ['a.example'] }] };
  const dns = {
    endpointSelector: {},
    egress: [{ toPorts: [{ ports: [{ port: 'dns', protocol: 'TCP' }], rules: { http: [{}] } }] }],
  };
  const { filters } = policyOf([kcnp({ egress: [names] }), ccnp(dns)], web, context).egress;
  const parsers = filters.flatMap(({ entries }) =>
    [...entries.values()].flatMap(({ outcome }) => (outcome.effect === 'redirect' ? [outcome.redirect.parser] : [])),
  );
  assert.deepEqual([...new Set(parsers)].sort(), ['dns', 'http']);
});
