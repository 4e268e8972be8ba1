/**
 * Reviews that pause between what they look at and their decision: what one is admitted for, another does not get too.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_RULES } from '../../../../src/review/decision-rules.ts';
import { decideInTime, type Deciding } from '../../../../src/server/judging/deciding.ts';
import { Turns } from '../../../../src/server/judging/turns.ts';
import { Model } from '../../../../src/server/model.ts';
import { namespace, pod, storeWith } from '../../../support/objects.ts';
import { settingsWith, submissionOf } from '../../../support/review.ts';

/** A clock that runs a slice ahead with each look at it: every pause gives way. */
function hurried(): () => number {
  let now = 0;
  return () => (now += 5);
}

function deciding(model: Model, over: Partial<Deciding> = {}): Deciding {
  return {
    model,
    settings: settingsWith('enforce', { identityBudget: 1 }),
    rules: DEFAULT_RULES,
    now: 0,
    turns: new Turns(hurried()),
    deadline: { timeoutMs: 30_000, remainingMs: () => 30_000 },
    signal: new AbortController().signal,
    onFault: (check, error) => {
      throw new Error(check, { cause: error });
    },
    ...over,
  };
}

test('of two reviews that pause side by side one gets the place that is free', async () => {
  const model = new Model(storeWith([namespace('ci')]), () => 0);
  const given = deciding(model);
  const decisions = await Promise.all(
    ['a', 'b'].map((app) => decideInTime(submissionOf(pod(`ci/${app}`, { app })), given)),
  );
  assert.deepEqual(decisions.map(({ verdict }) => verdict).sort(), ['allow', 'deny']);
  assert.equal(model.ledger.reserved, 1);
});

test('a dry run takes no place', async () => {
  const model = new Model(storeWith([namespace('ci')]), () => 0);
  const submission = { ...submissionOf(pod('ci/a', { app: 'a' })), dryRun: true };
  assert.equal((await decideInTime(submission, deciding(model))).verdict, 'allow');
  assert.equal(model.ledger.reserved, 0);
});
