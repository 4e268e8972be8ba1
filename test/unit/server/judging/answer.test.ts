/**
 * What an author is answered, whatever the order in which the checks found it.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readReview } from '../../../../src/kubernetes/admission-review.ts';
import type { Decision, JudgedFinding } from '../../../../src/review/results.ts';
import { answerFrom } from '../../../../src/server/judging/answer.ts';
import { podRequest, reviewBody } from '../../../support/http-reviews.ts';

function finding(id: JudgedFinding['id'], told: Pick<JudgedFinding, 'denies' | 'audience'>): JudgedFinding {
  return {
    check: 'identity-churn',
    id,
    severity: 'violation',
    certainty: 'exact',
    subject: { kind: 'Pod', namespace: 'a', name: 'x' },
    facts: {},
    causes: [],
    message: `message of ${id}`,
    mode: told.denies ? 'enforce' : 'audit',
    ...told,
  };
}

function answered(findings: readonly JudgedFinding[]): ReturnType<typeof answerFrom> {
  const decision: Decision = {
    verdict: 'deny',
    findings,
    warnings: [],
    unknowns: [],
    tenant: 'team-a' as Decision['tenant'],
    modelRevision: 1,
    replayMismatches: [],
  };
  const review = readReview(JSON.parse(reviewBody(podRequest({ name: 'x', namespace: 'a', object: {} }))));
  assert.ok(review.ok);
  return answerFrom(decision, { review: review.value, decisionId: 'd', docsUrl: 'docs', modelAgeSeconds: 0 });
}

test('what denies is the first cause, advice for the author follows, and advice for the platform is not told', () => {
  const answer = answered([
    finding('relabel-pod', { denies: false, audience: 'author' }),
    finding('cluster-headroom', { denies: false, audience: 'platform' }),
    finding('label-churn', { denies: true, audience: 'author' }),
  ]);
  assert.ok(!answer.allowed);
  assert.deepEqual(
    answer.causes.map(({ reason }) => reason),
    ['label-churn', 'relabel-pod'],
  );
  assert.ok(answer.message.indexOf('label-churn') < answer.message.indexOf('relabel-pod'));
  assert.doesNotMatch(answer.message, /cluster-headroom/);
});
