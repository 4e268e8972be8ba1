import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { runToEnd } from '../../../src/cilium/run-to-end.ts';
import { admit } from '../../../src/review/admit.ts';
import type { Decision } from '../../../src/review/results.ts';
import { clusterwidePolicy, namespace, pod, policy, storeWith, type Json } from '../../support/objects.ts';
import { ENFORCE, submissionOf } from '../../support/review.ts';

const view = storeWith([
  namespace('team-a'),
  pod('team-a/web-0', { app: 'web' }),
  clusterwidePolicy('deny', { endpointSelector: {}, egressDeny: [{ toCIDR: ['169.254.169.254/32'] }] }),
]).view();

const toMetadata = { toCIDR: ['169.254.169.254/32'] };
const deadAllow = policy('team-a/web', { endpointSelector: {}, egress: [toMetadata] });

/** Late from this question on; `asked` is how often it was asked. */
function reviewLateAt(
  question: number,
  raw: Json = deadAllow,
): { readonly decision: Decision; readonly asked: number } {
  let asked = 0;
  const isLate = (): boolean => ++asked >= question;
  const decision = runToEnd(admit(view, submissionOf(raw), { settings: ENFORCE, isLate }));
  return { decision, asked };
}

describe('a review for which little time is left', () => {
  const { decision: inTime } = reviewLateAt(Infinity);
  // The first review counts what the cluster remembers from then on, with more pauses.
  const { asked: questions } = reviewLateAt(Infinity);

  test('would have shown a fix in time', () => {
    assert.equal(inTime.verdict, 'deny');
    assert.equal(inTime.findings[0]?.fix?.kind, 'patch');
  });

  test('denies for what was found, without the fix that it was looking for', () => {
    const { decision } = reviewLateAt(questions);
    assert.equal(decision.verdict, 'deny');
    assert.deepEqual(
      decision.findings.map(({ fix }) => fix),
      [undefined],
    );
  });

  test('replays no more than one witness, which is enough for a denial', () => {
    const rules = ['80', '81', '82'].map((port) => ({
      ...toMetadata,
      toPorts: [{ ports: [{ port, protocol: 'TCP' }] }],
    }));
    const raw = policy('team-a/web', { endpointSelector: {}, egress: rules });
    const { asked } = reviewLateAt(Infinity, raw);
    const severities = Array.from({ length: asked }, (_, index) => reviewLateAt(index + 1, raw).decision)
      .filter(({ verdict }) => verdict === 'deny')
      .map(({ findings }) => findings.filter(({ severity }) => severity === 'violation').length);
    assert.deepEqual([Math.min(...severities), Math.max(...severities)], [1, 3]);
  });

  test('denies for what one check found where another one was not finished, and says so', () => {
    const decisions = Array.from({ length: questions }, (_, index) => reviewLateAt(index + 1).decision);
    const unfinished = decisions.filter(({ unknowns }) => unknowns.some((unknown) => unknown.unfinished === 'time'));
    assert.ok(unfinished.some(({ verdict }) => verdict === 'deny'));
    assert.equal(decisions[0]?.verdict, 'allow');
  });
});
