/**
 * What is found while the model may be wrong: recorded, in every mode, and nothing else.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CHECK_IDS, type CheckId } from '../../../src/checks/facts/finding-facts.ts';
import { DEFAULT_CHECK_SETTINGS, type CheckSettings, type Mode } from '../../../src/checks/settings.ts';
import { runToEnd } from '../../../src/cilium/run-to-end.ts';
import { ClusterStore } from '../../../src/cluster/store.ts';
import { fileSubmission } from '../../../src/kubernetes/submission.ts';
import { admit, type AdmitOptions } from '../../../src/review/admit.ts';
import { DEFAULT_RULES } from '../../../src/review/decision-rules.ts';
import type { Mistrust } from '../../../src/review/mistrust.ts';
import type { Decision } from '../../../src/review/results.ts';
import { ciliumConfig, decoded, namespace, pod, policy, storeWith, type Json } from '../../support/objects.ts';

const REQUESTER = { username: 'ann', groups: [] };
const WITH_HOST = pod('a/x', { host: 'true' });

function inMode(mode: Mode): CheckSettings {
  const modes = Object.fromEntries(CHECK_IDS.map((id) => [id, mode])) as Record<CheckId, Mode>;
  return { ...DEFAULT_CHECK_SETTINGS, modes, adviceAsWarning: new Set(CHECK_IDS) };
}

function judged(store: ClusterStore, raw: Json, options: Partial<AdmitOptions> = {}): Decision {
  const submission = fileSubmission({ raw, requester: REQUESTER });
  assert.ok(submission.ok);
  return runToEnd(admit(store.view(), submission.value, { settings: inMode('enforce'), ...options }));
}

function stale(...checks: readonly CheckId[]): Mistrust {
  return { why: 'stale', reason: 'too old', checks: new Set(checks) };
}

describe('of a check that is not trusted', () => {
  const store = storeWith([namespace('a')], '1.19.7');

  test('a violation denies nothing, and says why; else it would', () => {
    assert.equal(judged(store, WITH_HOST).verdict, 'deny');
    const { verdict, findings, warnings, unknowns } = judged(store, WITH_HOST, {
      mistrusts: [stale('reserved-labels')],
    });
    assert.equal(verdict, 'allow');
    assert.deepEqual(
      findings.map(({ id, mode, mistrust }) => [id, mode, mistrust]),
      [['reserved-labels', 'audit', 'stale']],
    );
    assert.deepEqual(warnings, []);
    assert.deepEqual(unknowns, [{ reason: 'too old' }]);
  });

  test('nobody is warned', () => {
    const settings = inMode('warn');
    assert.equal(judged(store, WITH_HOST, { settings }).warnings.length, 1);
    assert.deepEqual(judged(store, WITH_HOST, { settings, mistrusts: [stale('reserved-labels')] }).warnings, []);
  });

  test('nothing is said where it finds nothing', () => {
    const { unknowns } = judged(store, pod('a/x', { app: 'web' }), { mistrusts: [stale('reserved-labels')] });
    assert.deepEqual(unknowns, []);
  });

  test('others deny as ever', () => {
    assert.equal(judged(store, WITH_HOST, { mistrusts: [stale('policy-map-overflow')] }).verdict, 'deny');
  });

  test('no policy is refused for what could not be judged of it', () => {
    const groups = policy('a/p', { endpointSelector: {}, egress: [{ toGroups: [{ aws: { region: 'x' } }] }] });
    const rules = { ...DEFAULT_RULES, unknownPolicies: 'deny' as const };
    assert.equal(judged(store, groups, { rules }).verdict, 'deny');
    assert.equal(judged(store, groups, { rules, mistrusts: [stale(...CHECK_IDS)] }).verdict, 'allow');
  });

  test('what a check that is off would find stays unsaid', () => {
    const { findings } = judged(store, WITH_HOST, { settings: inMode('off'), mistrusts: [stale('reserved-labels')] });
    assert.deepEqual(findings, []);
  });
});

test('as long as nobody knows what agents have read of cilium-config, nothing is denied', () => {
  const store = new ClusterStore();
  const config = ciliumConfig({ debug: 'true' });
  const managedFields = [{ time: '2026-11-23T10:00:00Z', fieldsV1: { 'f:data': {} } }];
  const agent = (startTime: string): Json =>
    pod(
      'kube-system/agent',
      { 'k8s-app': 'cilium' },
      {
        spec: { containers: [{ image: 'quay.io/cilium/cilium:v1.19.7' }] },
        status: { startTime },
      },
    );
  for (const raw of [namespace('a'), { ...config, metadata: { ...(config['metadata'] as Json), managedFields } }]) {
    store.apply({ type: 'upsert', object: decoded(raw) });
  }
  store.apply({ type: 'upsert', object: decoded(agent('2026-11-23T09:00:00Z')) });
  const before = judged(store, WITH_HOST);
  assert.deepEqual([before.verdict, before.findings[0]?.mistrust], ['allow', 'config-not-seen']);
  store.apply({ type: 'upsert', object: decoded(agent('2026-11-23T11:00:00Z')) });
  assert.equal(judged(store, WITH_HOST).verdict, 'deny');
});
