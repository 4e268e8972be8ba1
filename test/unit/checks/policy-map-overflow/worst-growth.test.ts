/**
 * The class that is reported, of many that grow alike, and what is counted about its members.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { endpointsOf } from '../../../../src/checks/facts/class-members.ts';
import { worstOf, type Blame, type Growth } from '../../../../src/checks/policy-map-overflow/growth.ts';
import { identityIn } from '../../../support/churn.ts';
import { namespace, storeWith } from '../../../support/objects.ts';

const IDENTITIES = 1_000;
const LIMITS = { limit: 256, advicePercent: 80 };

const view = storeWith([
  namespace('a'),
  ...Array.from({ length: IDENTITIES }, (_, index) => identityIn('a', 2_999 - index, { app: `a${1000 + index}` })),
]).view();

function run<Result>(steps: Generator<unknown, Result>): { readonly pauses: number; readonly result: Result } {
  for (let pauses = 0; ; pauses += 1) {
    const step = steps.next();
    if (step.done === true) return { pauses, result: step.value };
  }
}

function* blameAuthor(): Generator<never, Blame> {
  return 'author';
}

function growthOf(identity: number, asked: number[], after = 300): Growth {
  const policyClass = view.classOf(view.labelsOf(identity) ?? []);
  const members = (): readonly number[] => {
    asked.push(identity);
    return [identity];
  };
  return { policyClass, members, before: 10, after, certainty: 'exact', blame: blameAuthor };
}

test('of classes that grow alike the first by labels is reported, and each is asked once for its members', () => {
  const asked: number[] = [];
  const growths = [2_000, 2_999, 2_500].map((identity) => growthOf(identity, asked));
  const { result } = run(worstOf(growths, LIMITS, () => view));
  assert.equal(result?.growth, growths[1]);
  assert.deepEqual(asked, [2_000, 2_999, 2_500]);
});

test('where one class is worse than all others, no members are asked for', () => {
  const asked: number[] = [];
  const growths = [growthOf(2_000, asked), growthOf(2_001, asked), growthOf(2_002, asked, 301)];
  assert.equal(run(worstOf(growths, LIMITS, () => view)).result?.growth, growths[2]);
  assert.deepEqual(asked, []);
});

test('pauses lie between the members that are counted', () => {
  const { pauses } = run(endpointsOf(view.identitiesIn('a'), view));
  assert.ok(pauses >= IDENTITIES / 200, `${pauses} pauses`);
});
