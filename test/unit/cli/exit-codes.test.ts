import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { EXIT_CLEAN, EXIT_FINDINGS, exitCodeFor, FAIL_ON, parseFailOn } from '../../../src/cli/exit-codes.ts';
import { checkResult, decision, finding, judged, mapExplanation, podExplanation, report } from '../reports/results.ts';

const violation = finding({ severity: 'violation' });
const advice = finding({ severity: 'advice' });

describe('the exit code', () => {
  const table = [
    { found: [violation], violation: EXIT_FINDINGS, advice: EXIT_FINDINGS, none: EXIT_CLEAN },
    { found: [advice], violation: EXIT_CLEAN, advice: EXIT_FINDINGS, none: EXIT_CLEAN },
    { found: [advice, violation], violation: EXIT_FINDINGS, advice: EXIT_FINDINGS, none: EXIT_CLEAN },
    { found: [], violation: EXIT_CLEAN, advice: EXIT_CLEAN, none: EXIT_CLEAN },
  ];
  for (const { found, ...expected } of table) {
    const names = found.map(({ severity }) => severity).join(' and ') || 'nothing';
    for (const failOn of FAIL_ON) {
      test(`for ${names} with --fail-on ${failOn} is ${expected[failOn]}, in a check and in an audit`, () => {
        const checked = checkResult(judged(), judged({ decision: decision({ findings: found }) }));
        assert.equal(exitCodeFor(checked, failOn), expected[failOn]);
        assert.equal(exitCodeFor(report({ findings: found }), failOn), expected[failOn]);
      });
    }
  }

  test('counts a violation whatever its mode', () => {
    const findings = [finding({ mode: 'audit', denies: false })];
    assert.equal(exitCodeFor(checkResult(judged({ decision: decision({ findings }) })), 'violation'), EXIT_FINDINGS);
  });

  test('of an explanation is clean', () => {
    assert.equal(exitCodeFor(podExplanation(), 'advice'), EXIT_CLEAN);
    assert.equal(exitCodeFor(mapExplanation(), 'advice'), EXIT_CLEAN);
  });
});

describe('--fail-on', () => {
  test('knows its words and names them', () => {
    assert.deepEqual(parseFailOn('advice'), { ok: true, value: 'advice' });
    assert.deepEqual(parseFailOn('error'), {
      ok: false,
      error: '--fail-on must be one of violation, advice, none (is "error")',
    });
  });
});
