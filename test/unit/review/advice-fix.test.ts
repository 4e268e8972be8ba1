/**
 * Patches for advice about pitfalls: judged again by itself, and shown only to who asks with a file.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Finding, Fix, Submission } from '../../../src/checks/check.ts';
import { PAUSE, type Pause } from '../../../src/checks/check.ts';
import { runToEnd } from '../../../src/cilium/run-to-end.ts';
import { findFixes } from '../../../src/review/fix.ts';
import type { Judgement } from '../../../src/review/run-checks.ts';
import { policy } from '../../support/objects.ts';
import { submissionOf } from '../../support/review.ts';

const PATCH: Fix = { kind: 'patch', patch: [{ op: 'remove', path: '/spec/ingress/0' }], text: 'remove it' };
const WORDS: Fix = { kind: 'words', text: 'remove it' };
const SUBJECT = { kind: 'CiliumNetworkPolicy', namespace: 'a', name: 'p' } as const;

const pitfall = (content: string): Finding => ({
  id: 'empty-ports',
  severity: 'advice',
  certainty: 'exact',
  subject: SUBJECT,
  audience: 'author',
  facts: { effect: 'closes', reason: 'no-port', direction: 'ingress', verdict: 'allow' },
  details: { content },
  causes: [],
  proposals: [PATCH, WORDS],
});

const refused: Finding = {
  id: 'invalid-policy',
  severity: 'violation',
  certainty: 'exact',
  subject: SUBJECT,
  audience: 'author',
  facts: { reason: 'x', inForce: 'nothing', faults: 1 },
  details: { panics: false, version: '1.20.2' },
  causes: [],
  proposals: [],
};

function judgement(...findings: readonly Finding[]): Judgement {
  return { findings, unknowns: [] };
}

/** The fix of the first finding, where a review of the patched policy comes to `after`. */
function fixOf(start: Judgement, after: Judgement, origin: Submission['origin'] = 'file'): Fix | undefined {
  const submission = submissionOf(policy('a/p', { endpointSelector: {}, ingress: [{}] }));
  const judge = function* (): Generator<Pause, Judgement> {
    yield PAUSE;
    return after;
  };
  const asked = { ...submission, origin, revise: () => ({ ok: true, value: submission }) as const };
  const fixes = runToEnd(findFixes(asked, start, { judge, expired: () => false }));
  const [first] = start.findings;
  return first === undefined ? undefined : fixes.get(first);
}

test('a patch that rids the policy of the pitfall is shown', () => {
  assert.deepEqual(fixOf(judgement(pitfall('x')), judgement()), PATCH);
});

test('what another pitfall of the kind is about does not matter', () => {
  assert.deepEqual(fixOf(judgement(pitfall('x')), judgement(pitfall('y'))), PATCH);
});

test('a patch that leaves the pitfall is words', () => {
  assert.deepEqual(fixOf(judgement(pitfall('x')), judgement(pitfall('x'))), WORDS);
});

test('a patch that brings a violation is words', () => {
  assert.deepEqual(fixOf(judgement(pitfall('x')), judgement(refused)), WORDS);
});

test('a violation that was there before is no fault of the patch', () => {
  assert.deepEqual(fixOf(judgement(pitfall('x'), refused), judgement(refused)), PATCH);
});

test('at admission nobody waits for it', () => {
  assert.deepEqual(fixOf(judgement(pitfall('x')), judgement(), 'api-server'), WORDS);
});
