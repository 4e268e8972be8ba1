/**
 * Exemptions, in random clusters under random configurations: who is exempt is denied nothing, nobody else is denied more, and of
 * two exemptions the more permissive holds.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CHECK_IDS, CHECK_OF_FINDING } from '../../src/checks/facts/finding-facts.ts';
import { MODES } from '../../src/checks/settings.ts';
import type { Tenant } from '../../src/cluster/tenant.ts';
import type { DecisionRules, Exemption } from '../../src/review/decision-rules.ts';
import type { Decision } from '../../src/review/results.ts';
import { clusterwidePolicy, namespace, pod, storeWith, type Json } from '../support/objects.ts';
import {
  anyCluster,
  anyClusterwidePolicy,
  anyPod,
  anyPolicy,
  NAMESPACES,
  RUNS,
  SEED,
} from '../support/random-cluster.ts';
import { settingsWith, submit } from '../support/review.ts';

const TENANTS = { alpha: 'red', beta: 'red', gamma: 'blue' } as const;
const NAMES = ['label/red', 'label/blue', 'cluster', 'namespace/alpha'].map((name) => name as Tenant);
const USERS = ['alice', 'bob'];
const NOW = Date.parse('2026-11-23T10:00:00Z');

/** Makes some of the random allows dead. */
const DENY = clusterwidePolicy('deny-private', {
  endpointSelector: {},
  egressDeny: [{ toCIDR: ['10.0.0.0/8', '192.0.2.0/24'] }],
  ingressDeny: [{ fromCIDR: ['10.0.0.0/8'] }],
});

const spoof = fc.constantFrom(...NAMESPACES).map((name) => pod(`${name}/spoof`, { init: 'x' }));
const anySubmission = fc.oneof(spoof, spoof, anyPod, anyPolicy, anyPolicy, anyClusterwidePolicy);

const anyExemption: fc.Arbitrary<Exemption> = fc
  .record(
    {
      name: fc.constantFrom('one', 'two', 'three'),
      expires: fc.constantFrom(NOW - 1, NOW, NOW + 1),
      checks: fc.subarray([...CHECK_IDS], { minLength: 1 }),
      users: fc.subarray(USERS),
      tenants: fc.subarray(NAMES, { minLength: 1 }),
    },
    { requiredKeys: ['name', 'expires', 'checks'] },
  )
  .map(({ name, expires, checks, users, tenants }) => ({
    name,
    reason: 'OPS-1',
    expires,
    checks: new Set(checks),
    ...(users === undefined ? {} : { requesters: { users: new Set(users), groups: new Set<string>() } }),
    ...(tenants === undefined ? {} : { tenants: new Set(tenants) }),
  }));

const anyRules: fc.Arbitrary<Partial<DecisionRules>> = fc
  .record({
    maxMode: fc.constantFrom(...MODES, 'enforce' as const, 'enforce' as const),
    overrides: fc.dictionary(fc.constantFrom(...NAMES), fc.constantFrom(...MODES)),
    unknownPolicies: fc.constantFrom('allow', 'deny'),
  })
  .map(({ maxMode, overrides, unknownPolicies }) => ({
    maxMode,
    unknownPolicies,
    tenants: new Map(Object.entries(overrides).map(([name, mode]) => [name as Tenant, settingsWith(mode)])),
  }));

interface Scene {
  readonly cluster: readonly Json[];
  readonly raw: Json;
  readonly rules: Partial<DecisionRules>;
  readonly user: string;
}

const anyScene: fc.Arbitrary<Scene> = fc.record({
  cluster: anyCluster,
  raw: anySubmission,
  rules: anyRules,
  user: fc.constantFrom(...USERS),
});

function decided({ cluster, raw, rules, user }: Scene, exemptions: readonly Exemption[]): Decision {
  const labelled = NAMESPACES.map((name) => namespace(name, { tenant: TENANTS[name] }));
  const store = storeWith([...cluster, ...labelled, DENY], '1.20.2', { tenantLabel: 'tenant' });
  const settings = settingsWith('enforce');
  return submit(store, raw, { settings, rules: { ...rules, exemptions }, username: user, now: NOW });
}

function applies({ expires, requesters, tenants }: Exemption, { tenant }: Decision, user: string): boolean {
  return (
    expires > NOW &&
    (requesters === undefined || requesters.users.has(user)) &&
    (tenants === undefined || tenants.has(tenant))
  );
}

const PARAMETERS = { seed: SEED, numRuns: RUNS };

test('an exemption denies nobody more, and changes nothing for whom it does not match', () => {
  let denied = 0;
  fc.assert(
    fc.property(anyScene, fc.array(anyExemption, { maxLength: 2 }), anyExemption, (scene, others, exemption) => {
      const before = decided(scene, others);
      const after = decided(scene, [...others, exemption]);
      denied += before.verdict === 'deny' ? 1 : 0;
      if (before.verdict === 'allow') assert.equal(after.verdict, 'allow');
      if (!applies(exemption, before, scene.user)) assert.deepEqual(after, before);
    }),
    PARAMETERS,
  );
  assert.ok(denied * 10 > RUNS, `only ${denied} denials: the scenes show too little`);
});

test('of the exemptions that match, the more permissive holds: what any of them exempts from denies nothing', () => {
  let exempt = 0;
  fc.assert(
    fc.property(anyScene, fc.array(anyExemption, { minLength: 1, maxLength: 4 }), (scene, exemptions) => {
      const decision = decided(scene, exemptions);
      const matching = exemptions.filter((exemption) => applies(exemption, decision, scene.user));
      for (const finding of decision.findings) {
        const check = CHECK_OF_FINDING[finding.id];
        const isExempt = matching.some(({ checks }) => checks.has(check));
        assert.equal(finding.exemption !== undefined, isExempt);
        if (!isExempt) continue;
        exempt += 1;
        assert.deepEqual([finding.denies, finding.mode === 'enforce' || finding.mode === 'warn'], [false, false]);
      }
      // Neither the order in the file nor one that is there twice decides anything.
      const reversed = decided(scene, [...exemptions].reverse());
      assert.deepEqual([reversed.verdict, reversed.warnings], [decision.verdict, decision.warnings]);
    }),
    PARAMETERS,
  );
  assert.ok(exempt * 20 > RUNS, `only ${exempt} exempt findings: the scenes show too little`);
});
