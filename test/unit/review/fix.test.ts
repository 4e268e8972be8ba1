import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  PAUSE,
  type Finding,
  type Fix,
  type JsonPatch,
  type Pause,
  type Submission,
} from '../../../src/checks/check.ts';
import { findFixes } from '../../../src/review/fix.ts';
import type { Judgement } from '../../../src/review/run-checks.ts';
import { runToEnd } from '../../../src/cilium/run-to-end.ts';
import { churnyStore } from '../../support/churn.ts';
import { pod } from '../../support/objects.ts';
import { findings, submit, submissionOf } from '../../support/review.ts';

test('violations of two checks are repaired by one patch, which leads to an object that is admitted', () => {
  const store = churnyStore();
  const decision = submit(store, pod('ci/x', { app: 'job', 'build-id': 'new', init: '' }));
  const [churn] = findings(decision, 'label-churn');
  const [reserved] = findings(decision, 'reserved-labels');
  assert.ok(churn?.fix?.kind === 'patch' && reserved?.fix?.kind === 'patch');
  assert.deepEqual(churn.fix.patch, reserved.fix.patch);
  assert.deepEqual(churn.fix.patch.map(({ path }) => path).sort(), [
    '/metadata/labels/build-id',
    '/metadata/labels/init',
  ]);
});

/** A submission whose object is the list of patches that were applied to it. */
function patched(patches: readonly JsonPatch[]): Submission {
  const base = submissionOf(pod('a/p'));
  return { ...base, revise: (patch) => ({ ok: true, value: patched([...patches, patch]) }) };
}

function violation(label: string, ...proposals: readonly Fix[]): Finding {
  return {
    id: 'reserved-labels',
    severity: 'violation',
    certainty: 'exact',
    subject: { kind: 'Pod', namespace: 'a', name: 'p' },
    audience: 'author',
    facts: { reason: 'policy-off', label },
    causes: [],
    proposals,
  };
}

function remove(path: string): Extract<Fix, { kind: 'patch' }> {
  return { kind: 'patch', patch: [{ op: 'remove', path }], text: `remove ${path}` };
}

function judgement(...found: readonly Finding[]): Judgement {
  return { findings: found, unknowns: [] };
}

/** Answers each review from the list, in order. */
function fixesWith(start: Judgement, ...answers: readonly Judgement[]) {
  return fixesUntil(() => false, start, ...answers);
}

/** `expired` is told how many reviews there were. */
function fixesUntil(expired: (reviews: number) => boolean, start: Judgement, ...answers: readonly Judgement[]) {
  const rest = [...answers];
  let reviews = 0;
  const judge = function* (): Generator<Pause, Judgement> {
    reviews += 1;
    yield PAUSE;
    return rest.shift() ?? judgement(violation('left'));
  };
  const fixes = runToEnd(findFixes(patched([]), start, { judge, expired: () => expired(reviews) }));
  return { fixes, reviews };
}

test('a proposal that leaves the violation is not shown, and the next one is tried', () => {
  const finding = violation('x', remove('/a'), remove('/b'));
  const { fixes } = fixesWith(judgement(finding), judgement(violation('x')), judgement());
  assert.deepEqual(fixes.get(finding), remove('/b'));
});

test('a proposal that brings another violation is not shown', () => {
  const finding = violation('x', remove('/a'));
  const { fixes } = fixesWith(judgement(finding), judgement(violation('y')));
  assert.equal(fixes.get(finding), undefined);
});

test('a proposal that makes something that cannot be judged is not shown', () => {
  const finding = violation('x', remove('/a'));
  const { fixes } = fixesWith(judgement(finding), { findings: [], unknowns: [{ reason: 'refused' }] });
  assert.equal(fixes.get(finding), undefined);
});

test('where one violation cannot be repaired, the repair of the other is words: its patch alone would be denied', () => {
  const [repairable, stuck] = [violation('x', remove('/a')), violation('y')];
  const { fixes } = fixesWith(judgement(repairable, stuck), judgement(stuck));
  assert.deepEqual(fixes.get(repairable), { kind: 'words', text: 'remove /a' });
  assert.equal(fixes.get(stuck), undefined);
});

test('no more than six reviews are spent on fixes', () => {
  const finding = violation('x', ...Array.from({ length: 50 }, (_, index) => remove(`/${index}`)));
  const { reviews } = fixesWith(judgement(finding));
  assert.equal(reviews, 6);
});

test('no review is begun for a fix once the time is up', () => {
  const finding = violation('x', remove('/a'), remove('/b'), remove('/c'));
  const { fixes, reviews } = fixesUntil((before) => before >= 2, judgement(finding));
  assert.deepEqual([fixes.size, reviews], [0, 2]);
});

test('a patch whose review was not finished in time is not shown, whatever else was unknown', () => {
  const finding = violation('x', remove('/a'));
  const start = { findings: [finding], unknowns: [{ reason: 'groups' }] };
  const { fixes } = fixesWith(start, { findings: [], unknowns: [{ reason: 'late', unfinished: 'time' }] });
  assert.equal(fixes.get(finding), undefined);
});

test('words are shown as they are', () => {
  const words: Fix = { kind: 'words', text: 'ask' };
  const finding = violation('x', words);
  const { fixes, reviews } = fixesWith(judgement(finding));
  assert.deepEqual([fixes.get(finding), reviews], [words, 0]);
});

test('a step whose proposal is not among those of what was submitted is told to be about what is left', () => {
  const [first, second] = [violation('x', remove('/rules/0')), violation('y')];
  const moved = violation('y', remove('/rules/4'));
  const { fixes } = fixesWith(judgement(first, second), judgement(moved), judgement());
  assert.equal(fixes.get(second)?.text, 'remove /rules/0; in what is left then: remove /rules/4');
});

test('a step is told in the words of what was submitted, where the elements have other numbers', () => {
  const [first, second] = [violation('x', remove('/rules/0')), violation('y', remove('/rules/5'))];
  const moved = violation('y', remove('/rules/4'));
  const { fixes } = fixesWith(judgement(first, second), judgement(moved), judgement());
  assert.equal(fixes.get(second)?.text, 'remove /rules/0; remove /rules/5');
  assert.deepEqual(fixes.get(second)?.kind === 'patch', true);
});
