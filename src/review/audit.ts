/**
 * Judges everything that is there, and says how full it is.
 *
 * In an audit a finding is about the state: there is no before, no rate and nothing to deny.
 * Cost: every policy, every class, every pod and workload once, with pauses.
 */
import type { Finding, Pause } from '../checks/check.ts';
import type { StateContext } from '../checks/context.ts';
import { newestCreation } from '../checks/facts/source-time.ts';
import { CHECKS } from '../checks/registry.ts';
import type { CheckSettings } from '../checks/settings.ts';
import { formatVersion } from '../cilium/profile.ts';
import type { Tenant } from '../cluster/tenant.ts';
import type { ClusterView } from '../cluster/view.ts';
import { runOptions, type AdmitOptions } from './admit.ts';
import { agreedWitnesses, type WitnessedBy } from './agreed.ts';
import { askEach, viewsOf } from './ask-each.ts';
import { capacityOf } from './capacity.ts';
import { uncoveredInState } from './coverage.ts';
import { asUnconfirmed, judgedFinding } from './decision.ts';
import { DEFAULT_RULES, isExpired, type DecisionRules } from './decision-rules.ts';
import { wordsOf } from './fix.ts';
import { mistrustsOf } from './mistrust.ts';
import { runChecks, type CheckRun, type RunOptions } from './run-checks.ts';
import type { JudgedFinding, Report } from './results.ts';
import { Standings } from './standings.ts';
import { replayWitnesses } from './witness.ts';

const MOST_FINDINGS = 10_000;

export interface AuditOptions extends Pick<AdmitOptions, 'expired' | 'onFault'> {
  /** The time, in milliseconds since 1970. Absent: that of the newest object, which is no later. */
  readonly now?: number;
  /** Who is judged otherwise; by default nobody. */
  readonly rules?: DecisionRules;
  /** By which exemptions expire, in milliseconds since 1970, however old the source is. Absent: none has expired. */
  readonly today?: number;
}

export function* audit(
  view: ClusterView,
  settings: CheckSettings,
  options: AuditOptions = {},
): Generator<Pause, Report> {
  const { unknown, filter, profile } = view.settings;
  const run = { ...runOptions(options), mostFindings: MOST_FINDINGS };
  const now = options.now ?? newestCreation(view);
  const rules = options.rules ?? DEFAULT_RULES;
  const mistrusts = mistrustsOf(view);
  const standings = new Standings(view, { settings, rules, now: options.today, mistrusts });
  const settingsOf = (tenant: Tenant): CheckSettings => standings.ofTenant(tenant).settings;
  const judging = { settings, settingsOf, standings, run, ...(now === undefined ? {} : { now }) };
  const audited = yield* askEach(viewsOf(view), (one) => auditedBy(one, judging));
  const { judgement, witnesses } = agreedWitnesses(audited);
  const { unconfirmed, unknowns, replayMismatches } = witnesses;
  const findings = judgement.findings.map((finding) => (unconfirmed.has(finding) ? asUnconfirmed(finding) : finding));
  return {
    kind: 'Report',
    modelRevision: view.revision,
    ciliumVersion: formatVersion(profile.version),
    findings: findings.flatMap((finding) => foundIn(finding, standings)).sort(bySeverity),
    unknowns: [
      ...(unknown === undefined ? [] : [{ reason: unknown }]),
      ...mistrusts.map(({ reason }) => ({ reason })),
      ...(filter.kind === 'known' ? [] : [{ reason: `no identity of a pod is known: ${filter.reason}` }]),
      ...(yield* uncoveredInState(view, settings)),
      ...judgement.unknowns,
      ...unknowns,
    ],
    replayMismatches,
    expiredExemptions: rules.exemptions.filter((exemption) => isExpired(exemption, options.today)),
    capacity: yield* capacityOf(view),
    ...selfCheckOf(view),
  };
}

function selfCheckOf({ selfCheck }: ClusterView): Pick<Report, 'selfCheck'> {
  const figures = selfCheck.figures();
  return figures.compared === 0 ? {} : { selfCheck: { ...figures, isTrusted: selfCheck.isTrusted() } };
}

interface Auditing extends Omit<StateContext, 'view'> {
  readonly standings: Standings;
  readonly run: RunOptions;
}

/** By the settings of this view. */
function* auditedBy(view: ClusterView, { standings, run, ...context }: Auditing): Generator<Pause, WitnessedBy> {
  const judgement = yield* runChecks(runsOver({ ...context, view }, standings), run);
  const bounds = { expired: run.expired, isEnough: () => false };
  const witnesses = yield* replayWitnesses(judgement.findings, () => view, bounds);
  return { settings: view.settings, judgement, witnesses };
}

function* runsOver(context: StateContext, standings: Standings): Iterable<CheckRun> {
  for (const check of CHECKS) {
    if (check.onState !== undefined && standings.someoneHas(check.id)) yield { check, answers: check.onState(context) };
  }
}

/** Nothing where the check is off for whose object it is. */
function foundIn(finding: Finding, standings: Standings): readonly JudgedFinding[] {
  const judged = judgedFinding(finding, wordsOf(finding), standings.ofSubject(finding.subject));
  return judged.mode === 'off' ? [] : [judged];
}

function bySeverity(a: JudgedFinding, b: JudgedFinding): number {
  return Number(b.severity === 'violation') - Number(a.severity === 'violation');
}
