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
import type { ClusterView } from '../cluster/view.ts';
import { agreedWitnesses, type WitnessedBy } from './agreed.ts';
import { askEach, viewsOf } from './ask-each.ts';
import { capacityOf } from './capacity.ts';
import { uncoveredInState } from './coverage.ts';
import { asUnconfirmed, judgedFinding } from './decision.ts';
import { DEFAULT_RULES, isExpired, type DecisionRules } from './decision-rules.ts';
import { wordsOf } from './fix.ts';
import { runOptions, type JudgingOptions } from './judge-change.ts';
import { mistrustsOf, type Mistrust } from './mistrust.ts';
import { runChecks, type CheckRun, type RunOptions } from './run-checks.ts';
import type { JudgedFinding, Report, Unknown } from './results.ts';
import { Standings } from './standings.ts';
import { replayWitnesses, type Witnesses } from './witness.ts';

const MOST_FINDINGS = 10_000;

export interface AuditOptions extends Pick<JudgingOptions, 'expired' | 'onFault'> {
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
  const rules = options.rules ?? DEFAULT_RULES;
  const mistrusts = mistrustsOf(view);
  const standings = new Standings(view, { settings, rules, now: options.today, mistrusts });
  const auditing = auditingOf(view, { settings, standings, options });
  const { judgement, witnesses } = agreedWitnesses(yield* askEach(viewsOf(view), (one) => auditedBy(one, auditing)));
  return {
    kind: 'Report',
    modelRevision: view.revision,
    ciliumVersion: formatVersion(view.settings.profile.version),
    findings: judgedFindings(judgement.findings, witnesses, standings),
    unknowns: [
      ...modelUnknowns(view, mistrusts),
      ...(yield* uncoveredInState(view, settings)),
      ...judgement.unknowns,
      ...witnesses.unknowns,
    ],
    replayMismatches: witnesses.replayMismatches,
    expiredExemptions: rules.exemptions.filter((exemption) => isExpired(exemption, options.today)),
    capacity: yield* capacityOf(view),
    ...selfCheckOf(view),
  };
}

interface AuditingInput {
  readonly settings: CheckSettings;
  readonly standings: Standings;
  readonly options: AuditOptions;
}

function auditingOf(view: ClusterView, { settings, standings, options }: AuditingInput): Auditing {
  const now = options.now ?? newestCreation(view);
  return {
    settings,
    settingsOf: (tenant) => standings.ofTenant(tenant).settings,
    standings,
    run: { ...runOptions(options), mostFindings: MOST_FINDINGS },
    ...(now === undefined ? {} : { now }),
  };
}

/** Why less is known of everything. */
function modelUnknowns({ settings }: ClusterView, mistrusts: readonly Mistrust[]): readonly Unknown[] {
  const { unknown, filter } = settings;
  return [
    ...(unknown === undefined ? [] : [{ reason: unknown }]),
    ...mistrusts.map(({ reason }) => ({ reason })),
    ...(filter.kind === 'known' ? [] : [{ reason: `no identity of a pod is known: ${filter.reason}` }]),
  ];
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

function judgedFindings(
  findings: readonly Finding[],
  { unconfirmed }: Witnesses,
  standings: Standings,
): readonly JudgedFinding[] {
  const told = findings.map((finding) => (unconfirmed.has(finding) ? asUnconfirmed(finding) : finding));
  return told.flatMap((finding) => foundIn(finding, standings)).sort(bySeverity);
}

/** Nothing where the check is off for whose object it is. */
function foundIn(finding: Finding, standings: Standings): readonly JudgedFinding[] {
  const judged = judgedFinding(finding, wordsOf(finding), standings.ofSubject(finding.subject));
  return judged.mode === 'off' ? [] : [judged];
}

function bySeverity(a: JudgedFinding, b: JudgedFinding): number {
  return Number(b.severity === 'violation') - Number(a.severity === 'violation');
}
