import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { runToEnd } from '../../../src/cilium/run-to-end.ts';
import { audit } from '../../../src/review/audit.ts';
import type { Report } from '../../../src/review/results.ts';
import { unmended, withStoredFixes } from '../../../src/review/stored-fixes.ts';
import { clusterwidePolicy, namespace, pod, policy, storeWith, type Json } from '../../support/objects.ts';
import { METADATA } from '../../support/team-a.ts';
import { ENFORCE, settingsWith, submissionOf } from '../../support/review.ts';

const DENY = clusterwidePolicy('deny', { endpointSelector: {}, egressDeny: [{ toCIDR: [METADATA] }] });

function allowing(path: string, ...cidrs: readonly string[]): Json {
  return policy(path, { endpointSelector: {}, egress: [{ toCIDR: cidrs }] });
}

/** The report with fixes; `written`: what the caller finds of the objects as they are written. */
function mended(stored: readonly Json[], written: readonly Json[], settings = ENFORCE): Report {
  const view = storeWith([DENY, ...stored]).view();
  const submissions = written.map((raw) => submissionOf(raw));
  return runToEnd(withStoredFixes(runToEnd(audit(view, settings)), view, { settings, submissions }));
}

describe('fixes of what an audit finds', () => {
  test('a dead item of a policy that is stored goes by a patch, which leaves nothing that is dead', () => {
    const whole = allowing('a/web', METADATA);
    const report = mended([namespace('a'), whole], [whole]);
    assert.deepEqual(
      report.findings.map(({ fix }) => fix?.kind),
      ['patch'],
    );
  });

  test('a stored policy is no reason to find nothing new in what a patch leaves', () => {
    const two = policy('a/web', { endpointSelector: {}, egress: [{ toCIDR: [METADATA] }, { toCIDR: [METADATA] }] });
    const [one, other] = mended([namespace('a'), two], [two]).findings.map(({ fix }) => fix);
    assert.equal(one?.kind, 'patch');
    // One patch for both, as only both together leave nothing that is dead.
    assert.deepEqual(one, other);
    assert.match(one.text, /spec\.egress\[0\].*spec\.egress\[1\]|spec\.egress\[1\].*spec\.egress\[0\]/);
  });

  test('none where the object as it is written is not found', () => {
    const whole = allowing('a/web', METADATA);
    assert.deepEqual(
      mended([namespace('a'), whole], []).findings.map(({ fix }) => fix),
      [undefined],
    );
  });

  test('none where what is written now is not what the model holds, and has no such finding', () => {
    const report = mended([namespace('a'), allowing('a/web', METADATA)], [allowing('a/web', '192.0.2.1/32')]);
    assert.deepEqual(
      report.findings.map(({ fix }) => fix),
      [undefined],
    );
  });

  test('labels of a pod, each with the patch that takes all of them out', () => {
    const spoof = pod('a/spoof', { init: 'x', 'remote-node': 'y' });
    const report = mended([namespace('a'), spoof], [spoof]);
    const removed = report.findings.map(({ fix }) => (fix?.kind === 'patch' ? fix.patch.length : 0));
    assert.deepEqual(removed, [2, 2]);
  });

  test('advice has none', () => {
    const partly = allowing('a/web', '192.0.2.1/32', METADATA);
    assert.deepEqual(
      mended([namespace('a'), partly], [partly]).findings.map(({ severity, fix }) => [severity, fix?.kind]),
      [['advice', undefined]],
    );
  });

  test('of no more than 50 objects, and the others are counted', () => {
    const many = Array.from({ length: 60 }, (_, index) => allowing(`a/p-${index}`, METADATA));
    const report = runToEnd(audit(storeWith([namespace('a'), DENY, ...many]).view(), ENFORCE));
    const { objects, rest } = unmended(report);
    assert.deepEqual([report.findings.length, objects.length, rest], [60, 50, 10]);
  });

  test('none is asked for where no label and no rule is to blame', () => {
    const pods = Array.from({ length: 3 }, (_, index) => pod(`a/p${index}`, { app: `a${index}` }));
    const settings = settingsWith('enforce', { identityBudget: 1 });
    const report = runToEnd(audit(storeWith([namespace('a'), ...pods]).view(), settings));
    assert.deepEqual(
      report.findings.map(({ id }) => id),
      ['identity-budget'],
    );
    assert.deepEqual(unmended(report), { objects: [], rest: 0 });
  });
});
