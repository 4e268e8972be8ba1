/**
 * From findings to a decision: what denies, what warns, what is only recorded.
 *
 * A violation denies if its check is enforced and its number is `exact` or a `lower-bound`; under `warn` it becomes a warning.
 * Advice is recorded, and a warning where the settings say so. What is for the platform is never shown, and so never denies. A
 * dry run is judged like any other change. A policy that could not be judged is refused where the operator wants it so.
 */
import type { Finding, Fix, Requester } from '../checks/check.ts';
import { CHECK_OF_FINDING } from '../checks/facts/finding-facts.ts';
import type { Tenant } from '../cluster/tenant.ts';
import { messageOf } from './message.ts';
import type { Decision, JudgedFinding, Unknown } from './results.ts';
import type { Standing } from './standing.ts';
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
  readonly standing: Standing;
  /** Of `unknowns`, what a policy is refused for. */
  readonly refusedFor: readonly Unknown[];
  readonly requester: Requester;
  readonly tenant: Tenant;
  readonly modelRevision: number;
}

/** What nothing was found of, and nobody is refused for. */
export function quietDecision(unknowns: readonly Unknown[], tenant: Tenant, modelRevision: number): Decision {
  return { verdict: 'allow', findings: [], warnings: [], unknowns, tenant, modelRevision, replayMismatches: [] };
}

export function decide(input: DecisionInput): Decision {
  const findings = input.findings.map((finding) => judged(finding, input)).sort(mostSevereFirst);
  const shown = findings.filter(({ audience }) => audience === 'author');
  const denies = findings.some((finding) => finding.denies) || input.refusedFor.length > 0;
  return {
    verdict: denies ? 'deny' : 'allow',
    findings,
    warnings: mayWarn(input)
      ? [...new Set(shown.filter((finding) => warns(finding, input.standing)).map(warningText))]
      : [],
    unknowns: [...input.unknowns, ...mistrustsMet(input)],
    ...(input.refusedFor.length === 0 ? {} : { refusedFor: input.refusedFor }),
    tenant: input.tenant,
    modelRevision: input.modelRevision,
    replayMismatches: input.replayMismatches,
  };
}

/** Told where something was found, so that a calm request stays one. */
function mistrustsMet({ findings, standing }: DecisionInput): readonly Unknown[] {
  const met = new Set(findings.flatMap(({ id }) => standing.mistrusts.get(CHECK_OF_FINDING[id]) ?? []));
  return [...met].map(({ reason }) => ({ reason }));
}

function canDeny({ severity, certainty, audience }: JudgedFinding): boolean {
  return severity === 'violation' && (certainty === 'exact' || certainty === 'lower-bound') && audience === 'author';
}

/** What a reader gets of a finding; in an audit nothing denies. */
export function judgedFinding(finding: Finding, fix: Fix | undefined, standing: Standing): JudgedFinding {
  const { id, certainty, subject, audience, field, facts, causes, witness, effects, onlyIn } = finding;
  const check = CHECK_OF_FINDING[id];
  const exemption = standing.exemptions.get(check);
  const mistrust = standing.mistrusts.get(check);
  const isEased = standing.isOlder && finding.severity === 'violation';
  return {
    check,
    id,
    severity: isEased ? 'advice' : finding.severity,
    certainty,
    subject,
    audience,
    ...(field === undefined ? {} : { field }),
    facts,
    causes,
    ...(witness === undefined ? {} : { witness }),
    ...(effects === undefined ? {} : { effects }),
    ...(fix === undefined ? {} : { fix }),
    message: messageOf(finding),
    ...(onlyIn === undefined ? {} : { onlyIn }),
    mode: standing.settings.modes[check],
    ...(exemption === undefined ? {} : { exemption: exemption.name }),
    ...(mistrust === undefined ? {} : { mistrust: mistrust.why }),
    ...(isEased ? { eased: 'created-before' } : {}),
    denies: false,
  };
}

/** What is left of a violation whose witness was not confirmed: nothing that an author should hear of, or act on. */
export function asUnconfirmed(finding: Finding): Finding {
  return { ...finding, severity: 'advice', certainty: 'unknown', audience: 'platform', proposals: [] };
}

function judged(finding: Finding, { fixes, standing, recordedOnly, unconfirmed }: DecisionInput): JudgedFinding {
  if (unconfirmed.has(finding)) return judgedFinding(asUnconfirmed(finding), undefined, standing);
  const result = judgedFinding(finding, fixes.get(finding), standing);
  const denies = result.mode === 'enforce' && canDeny(result) && !recordedOnly;
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

function warns({ severity, mode, check }: JudgedFinding, { settings }: Standing): boolean {
  return severity === 'violation' ? mode === 'warn' : settings.adviceAsWarning.has(check);
}

function warningText({ check, id, message }: JudgedFinding): string {
  return `[${check === id ? check : `${check}/${id}`}] ${message}`;
}
