/**
 * What the judge says of faults of its own: everything it can be made to do by requests alone is tested over HTTP.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CheckSettings } from '../../../../src/checks/settings.ts';
import type { ClusterView } from '../../../../src/cluster/view.ts';
import { readReview, type Answer } from '../../../../src/kubernetes/admission-review.ts';
import { DEFAULT_RULES } from '../../../../src/review/decision-rules.ts';
import { makeJudge } from '../../../../src/server/judging/judge.ts';
import { createMetrics, type Metrics } from '../../../../src/server/metrics.ts';
import { Model } from '../../../../src/server/model.ts';
import { requestFor, settingsIn, stored } from '../../../support/cluster-webhook.ts';
import { readableLog, sample, type ReadableLog } from '../../../support/http-log.ts';
import { reviewBody } from '../../../support/http-reviews.ts';
import { clusterwidePolicy, namespace, pod, policy, storeWith, type Json } from '../../../support/objects.ts';

const REVIEWS = 25;
const NEVER = new AbortController().signal;
const IN_TIME = { timeoutMs: 30_000, remainingMs: () => 30_000 };
const CLOCK = (): number => 0;

const STORE = storeWith([
  namespace('team-a'),
  clusterwidePolicy('deny', { endpointSelector: {}, egressDeny: [{ toCIDR: ['169.254.169.254/32'] }] }),
]);

interface Judged {
  readonly answers: readonly Answer[];
  readonly log: ReadableLog;
  readonly metrics: Metrics;
}

/** The same review over and over, within one moment. */
async function judged(object: Json, model: Model, settings = settingsIn('enforce')): Promise<Judged> {
  const log = readableLog();
  const metrics = createMetrics({ process: false });
  const newDecisionId = (): string => 'decision';
  const judge = makeJudge({
    model,
    terms: () => ({ settings, rules: DEFAULT_RULES, docsUrl: 'docs', settingsVersion: 'test' }),
    now: () => 0,
    clock: CLOCK,
    newDecisionId,
    log: log.log,
    metrics,
  });
  const review = readReview(JSON.parse(reviewBody(requestFor('u', stored(object)))));
  assert.ok(review.ok);
  const answers: Answer[] = [];
  for (let index = 0; index < REVIEWS; index += 1) answers.push(await judge(review.value, IN_TIME, NEVER));
  return { answers, log, metrics };
}

/** The check breaks where it reads how it is tuned. */
const BROKEN: CheckSettings = {
  ...settingsIn('enforce'),
  get labelChurn(): never {
    throw new Error('no such thing');
  },
};

test('a check that fails in every review is counted each time and logged ten times in a minute', async () => {
  const { answers, log, metrics } = await judged(pod('team-a/web', { app: 'web' }), new Model(STORE, CLOCK), BROKEN);
  assert.ok(answers.every(({ allowed, auditAnnotations }) => allowed && auditAnnotations['decision'] === 'unknown'));
  assert.equal(await sample(metrics, 'cilium_bulkhead_internal_errors_total'), REVIEWS);
  const errors = log.lines().filter(({ level }) => level === 'error');
  assert.equal(errors.length, 10);
  assert.partialDeepStrictEqual(errors[0], {
    check: 'identity-churn',
    object: 'Pod/team-a/web',
    decisionId: 'decision',
  });
  assert.match(JSON.stringify(errors[0]), /no such thing/);
});

/** The second evaluator, which asks for policies as they are written, is not given the one that denies. */
function withoutDenies(view: ClusterView): ClusterView {
  return new Proxy(view, {
    get(target, key) {
      if (key === 'after') return (...change: Parameters<ClusterView['after']>) => withoutDenies(view.after(...change));
      if (key === 'afterSteps') {
        return function* (...change: Parameters<ClusterView['afterSteps']>) {
          return withoutDenies(yield* view.afterSteps(...change));
        };
      }
      if (key === 'policyObject') {
        return (ref: Parameters<ClusterView['policyObject']>[0]) =>
          ref.kind === 'CiliumClusterwideNetworkPolicy' ? undefined : view.policyObject(ref);
      }
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

class HalfBlindModel extends Model {
  override view(): ClusterView {
    return withoutDenies(super.view());
  }
}

test('a second evaluator that disagrees in every review denies nothing, is counted and logged as often', async () => {
  const dead = policy('team-a/dead', { endpointSelector: {}, egress: [{ toCIDR: ['169.254.169.254/32'] }] });
  const { answers, log, metrics } = await judged(dead, new HalfBlindModel(STORE, CLOCK));
  assert.ok(answers.every(({ allowed }) => allowed));
  assert.equal(await sample(metrics, 'cilium_bulkhead_witness_replay_mismatches_total'), REVIEWS);
  const errors = log.lines().filter(({ level }) => level === 'error');
  assert.equal(errors.length, 10);
  assert.partialDeepStrictEqual(errors[0], { finding: 'dead-allow', decisionId: 'decision' });
});
