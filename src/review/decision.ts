/**
 * From findings to a decision: what denies, what warns, what is only recorded.
 *
 * A violation denies if its check is enforced and its number is `exact` or a `lower-bound`; under `warn` it becomes a warning.
 * Advice is recorded, and a warning where the settings say so. What is for the platform is never shown. A dry run is judged
 * like any other change.
 */
import type { Finding, Fix, Requester } from '../checks/check.ts';
import { CHECK_OF_FINDING } from '../checks/facts/finding-facts.ts';
import type { CheckSettings } from '../checks/settings.ts';
import type { Tenant } from '../cluster/tenant.ts';
import { messageOf } from './message.ts';
import type { Decision, JudgedFinding, Unknown } from './results.ts';
import { readsWarnings } from './warnings.ts';

export interface DecisionInput {
  readonly findings: readonly Finding[];
  readonly fixes: ReadonlyMap<Finding, Fix>;
  /** Violations whose witness was not confirmed. */
  readonly unconfirmed: ReadonlySet<Finding>;
  readonly unknowns: readonly Unknown[];
  readonly replayMismatches: Decision['replayMismatches'];
  /** Nothing of it denies or is shown. */
  readonly recordedOnly: boolean;
  readonly settings: CheckSettings;
  readonly requester: Requester;
  readonly tenant: Tenant;
  readonly modelRevision: number;
}

export function decide(input: DecisionInput): Decision {
  const findings = input.findings.map((finding) => judged(finding, input)).sort(mostSevereFirst);
  const shown = findings.filter(({ audience }) => audience === 'author');
  const denies = findings.some((finding) => finding.denies);
  return {
    verdict: denies ? 'deny' : 'allow',
    findings,
    warnings: mayWarn(input)
      ? [...new Set(shown.filter((finding) => warns(finding, input.settings)).map(warningText))]
      : [],
    unknowns: input.unknowns,
    tenant: input.tenant,
    modelRevision: input.modelRevision,
    replayMismatches: input.replayMismatches,
  };
}

function canDeny({ severity, certainty }: Pick<Finding, 'severity' | 'certainty'>): boolean {
  return severity === 'violation' && (certainty === 'exact' || certainty === 'lower-bound');
}

/** What a reader gets of a finding; in an audit nothing denies. */
export function judgedFinding(finding: Finding, fix: Fix | undefined, settings: CheckSettings): JudgedFinding {
  const { id, severity, certainty, subject, audience, field, facts, causes, witness } = finding;
  const check = CHECK_OF_FINDING[id];
  return {
    check,
    id,
    severity,
    certainty,
    subject,
    audience,
    ...(field === undefined ? {} : { field }),
    facts,
    causes,
    ...(witness === undefined ? {} : { witness }),
    ...(fix === undefined ? {} : { fix }),
    message: messageOf(finding),
    mode: settings.modes[check],
    denies: false,
  };
}

/** What is left of a violation whose witness was not confirmed: nothing that an author should hear of, or act on. */
export function asUnconfirmed(finding: Finding): Finding {
  return { ...finding, severity: 'advice', certainty: 'unknown', audience: 'platform', proposals: [] };
}

function judged(finding: Finding, { fixes, settings, recordedOnly, unconfirmed }: DecisionInput): JudgedFinding {
  if (unconfirmed.has(finding)) return judgedFinding(asUnconfirmed(finding), undefined, settings);
  const result = judgedFinding(finding, fixes.get(finding), settings);
  const denies = result.mode === 'enforce' && canDeny(finding) && !recordedOnly;
  return { ...result, denies };
}

/** Findings of equal weight keep the order in which they were found. */
function mostSevereFirst(a: JudgedFinding, b: JudgedFinding): number {
  return weight(b) - weight(a);
}

function weight({ denies, severity }: JudgedFinding): number {
  if (denies) return 2;
  return severity === 'violation' ? 1 : 0;
}

function mayWarn({ requester, recordedOnly }: DecisionInput): boolean {
  return !recordedOnly && readsWarnings(requester);
}

function warns({ severity, mode, check }: JudgedFinding, { adviceAsWarning }: CheckSettings): boolean {
  return severity === 'violation' ? mode === 'warn' : adviceAsWarning.has(check);
}

function warningText({ check, id, message }: JudgedFinding): string {
  return `[${check === id ? check : `${check}/${id}`}] ${message}`;
}
