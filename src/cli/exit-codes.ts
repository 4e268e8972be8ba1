/**
 * How a command ends: what a pipeline branches on.
 */
import { fail, ok, type Result } from '../cilium/result.ts';
import type { JudgedFinding } from '../review/results.ts';
import type { Rendered } from '../reports/renderer.ts';

/** Nothing at or above `--fail-on`. */
export const EXIT_CLEAN = 0;
/** Findings at or above `--fail-on`. */
export const EXIT_FINDINGS = 1;
/** Usage, input or cluster error. */
export const EXIT_ERROR = 2;

export type ExitCode = typeof EXIT_CLEAN | typeof EXIT_FINDINGS | typeof EXIT_ERROR;

export const FAIL_ON = ['violation', 'advice', 'none'] as const;
export type FailOn = (typeof FAIL_ON)[number];

export function parseFailOn(text: string): Result<FailOn, string> {
  const value = FAIL_ON.find((word) => word === text);
  if (value !== undefined) return ok(value);
  return fail(`--fail-on must be one of ${FAIL_ON.join(', ')} (is ${JSON.stringify(text)})`);
}

/**
 * By severity, whatever mode is in force: a pipeline decides for itself what it lets through. What the operator exempted counts
 * for nothing, and a policy that is refused without a finding like a violation.
 */
export function exitCodeFor(result: Rendered, failOn: FailOn): ExitCode {
  const isFound = findingsOf(result).some((finding) => counts(finding, failOn));
  return isFound || (failOn !== 'none' && isRefused(result)) ? EXIT_FINDINGS : EXIT_CLEAN;
}

function isRefused(result: Rendered): boolean {
  return result.kind === 'CheckResult' && result.decisions.some(({ decision }) => decision.verdict === 'deny');
}

function findingsOf(result: Rendered): readonly JudgedFinding[] {
  switch (result.kind) {
    case 'CheckResult':
      return result.decisions.flatMap(({ decision }) => decision.findings);
    case 'Report':
      return result.findings;
    case 'PodExplanation':
    case 'MapExplanation':
    case 'FlowExplanation':
    case 'DecisionRecord':
      return [];
  }
}

function counts({ severity, exemption }: JudgedFinding, failOn: FailOn): boolean {
  if (exemption !== undefined) return false;
  switch (failOn) {
    case 'violation':
      return severity === 'violation';
    case 'advice':
      return true;
    case 'none':
      return false;
  }
}
