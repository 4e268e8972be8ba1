/**
 * What the configuration decides about an answer: each review by its state at that moment.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CHECK_IDS } from '../../../../src/checks/facts/finding-facts.ts';
import type { Tenant } from '../../../../src/cluster/tenant.ts';
import { readReview, type Answer } from '../../../../src/kubernetes/admission-review.ts';
import { DEFAULT_RULES, type DecisionRules } from '../../../../src/review/decision-rules.ts';
import { makeJudge, type Terms } from '../../../../src/server/judging/judge.ts';
import { createMetrics } from '../../../../src/server/metrics.ts';
import { Model } from '../../../../src/server/model.ts';
import { requestFor, settingsIn, stored } from '../../../support/cluster-webhook.ts';
import { readableLog, type ReadableLog } from '../../../support/http-log.ts';
import { reviewBody } from '../../../support/http-reviews.ts';
import { clusterwidePolicy, namespace, pod, policy, storeWith, type Json } from '../../../support/objects.ts';

const CLOCK = (): number => 0;
const NOW = Date.parse('2026-11-23T10:00:00Z');
const SPOOF = pod('team-a/web', { init: 'x' });
const GROUPS = policy('team-a/groups', { endpointSelector: {}, egress: [{ toGroups: [{ aws: { region: 'eu' } }] }] });
/** What it takes of groups is not known. */
const DENY = clusterwidePolicy('deny', { endpointSelector: {}, egressDeny: [{ toCIDR: ['10.0.0.0/8'] }] });

interface Webhook {
  readonly log: ReadableLog;
  readonly judge: (object: Json) => Promise<Answer>;
}

function webhook(terms: () => Terms): Webhook {
  const log = readableLog();
  const judge = makeJudge({
    model: new Model(storeWith([namespace('team-a'), DENY]), CLOCK),
    terms,
    now: () => NOW,
    clock: CLOCK,
    newDecisionId: () => 'decision',
    log: log.log,
    metrics: createMetrics({ process: false }),
  });
  const deadline = { timeoutMs: 10_000, remainingMs: () => 10_000 };
  return {
    log,
    judge: (object) => {
      const review = readReview(JSON.parse(reviewBody(requestFor('u', stored(object)))));
      assert.ok(review.ok);
      return judge(review.value, deadline, new AbortController().signal);
    },
  };
}

function terms(rules: Partial<DecisionRules> = {}, docsUrl = 'docs'): Terms {
  return { settings: settingsIn('enforce'), rules: { ...DEFAULT_RULES, ...rules }, docsUrl, settingsVersion: 'test' };
}

test('a review is judged by the configuration of its moment', async () => {
  let current = terms();
  const { judge } = webhook(() => current);
  assert.equal((await judge(SPOOF)).allowed, false);
  current = terms({ maxMode: 'audit' });
  assert.equal((await judge(SPOOF)).allowed, true);
  current = terms({}, 'https://example.com/docs');
  const answer = await judge(SPOOF);
  assert.match(answer.allowed ? '' : answer.message, /see https:\/\/example\.com\/docs\/checks\/reserved-labels\.md/);
});

test('the exemption that applied is in the log, and one that has expired by the time of day applies no more', async () => {
  const exemption = (expires: number) => ({
    name: 'web-moves',
    reason: 'OPS-1',
    expires,
    checks: new Set(CHECK_IDS),
    tenants: new Set(['namespace/team-a' as Tenant]),
  });
  const exempt = webhook(() => terms({ exemptions: [exemption(NOW + 1)] }));
  assert.equal((await exempt.judge(SPOOF)).allowed, true);
  assert.deepEqual(exempt.log.lines().at(-1)?.['exemptions'], ['web-moves']);
  const expired = webhook(() => terms({ exemptions: [exemption(NOW)] }));
  assert.equal((await expired.judge(SPOOF)).allowed, false);
  assert.equal(expired.log.lines().at(-1)?.['exemptions'], undefined);
});

test('a policy that is refused because it cannot be judged is told so, with the place and where to read on', async () => {
  const { judge } = webhook(() => terms({ unknownPolicies: 'deny' }));
  const answer = await judge(GROUPS);
  assert.ok(!answer.allowed);
  assert.match(answer.message, /^\[unknown\] it cannot be judged: spec\.egress\[0\]\.toGroups: /);
  assert.match(answer.message, /\n {2}see docs\/configuration\.md#unknown \(decision decision\)$/);
  assert.deepEqual([answer.causes[0]?.reason, answer.causes[0]?.field], ['unknown', 'spec.egress[0].toGroups']);
  assert.equal(answer.auditAnnotations['decision'], 'deny');
  assert.equal((await webhook(() => terms()).judge(GROUPS)).allowed, true);
});
