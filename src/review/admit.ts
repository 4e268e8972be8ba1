/**
 * The review of one submission: scope, checks, witnesses, fixes, decision.
 *
 * The one engine of the webhook and of `check`. A generator, so that the caller may give way to others at each pause; see
 * run.ts. It takes no clock and changes nothing: the deadline is a question that is passed in.
 */
import type { Finding, Fix, Pause, Submission } from '../checks/check.ts';
import type { CheckId } from '../checks/facts/finding-facts.ts';
import { changeContextSteps, type ChangeContext } from '../checks/context.ts';
import type { Ledger } from '../checks/facts/ledger.ts';
import { checksFor } from '../checks/registry.ts';
import type { CheckSettings } from '../checks/settings.ts';
import { createdAt, subjectOf } from '../cluster/change.ts';
import { tenantsOfChange } from '../cluster/tenants-of-change.ts';
import type { ClusterView } from '../cluster/view.ts';
import { agreedJudgement, agreedWitnesses, type JudgedBy, type WitnessedBy } from './agreed.ts';
import { askEach, viewsOf, type Views } from './ask-each.ts';
import { chargeOf } from './charge.ts';
import { uncoveredByChange } from './coverage.ts';
import { decide, type DecisionInput } from './decision.ts';
import { DEFAULT_RULES, type DecisionRules } from './decision-rules.ts';
import { findFixes } from './fix.ts';
import { mistrustsOf, type Mistrust } from './mistrust.ts';
import { runChecks, type CheckRun, type Judgement, type RunOptions } from './run-checks.ts';
import type { Decision, Unknown } from './results.ts';
import { refusedFor } from './refused-policy.ts';
import { scopeOf } from './scope.ts';
import { standingOf, type Author, type Standing } from './standing.ts';
import { replayWitnesses, type ReplayBounds } from './witness.ts';

/** As many as an answer lists. */
const MOST_CONFIRMED = 32;

export interface AdmitOptions {
  /** Those of everybody. */
  readonly settings: CheckSettings;
  /** Who is judged otherwise; by default nobody. */
  readonly rules?: DecisionRules;
  /** In milliseconds since 1970; absent: no exemption has expired, and of what is created now nobody knows when. */
  readonly now?: number | undefined;
  /** Said of the model besides what it says of itself. */
  readonly unknowns?: readonly Unknown[];
  /** Why some checks are not to be trusted now, besides what the model says of itself; by default nothing. */
  readonly mistrusts?: readonly Mistrust[] | undefined;
  /** What was admitted and is not part of the model yet; by default nothing is waited for. */
  readonly ledger?: Ledger;
  /** Whether the time is up; never by default. */
  readonly expired?: () => boolean;
  /**
   * Whether so little time is left that what is found by now has to do: no check and no fix goes on, and what was found is
   * decided upon. By default the same as `expired`.
   */
  readonly isLate?: () => boolean;
  /** Told of a fault of our own. */
  readonly onFault?: (check: CheckId, error: unknown) => void;
}

export function* admit(view: ClusterView, submission: Submission, options: AdmitOptions): Generator<Pause, Decision> {
  const rules = options.rules ?? DEFAULT_RULES;
  const author = authorOf(view, submission, options);
  const standing = standingOf(author, {
    settings: options.settings,
    rules,
    now: options.now,
    mistrusts: [...mistrustsOf(view), ...(options.mistrusts ?? [])],
  });
  const scope = scopeOf(submission, standing.settings);
  const base = decisionBase(view, submission, { author, standing });
  if (scope.kind === 'exempt') return decide(base);
  const judging = { ...options, settings: standing.settings };
  const judged = yield* askEach(viewsOf(view), (one) => judgedBy(one, submission, judging));
  const [{ context }] = judged;
  const { judgement, witnesses } = agreedWitnesses(judged);
  const fixes = yield* fixesFor(judgement, view, submission, judging);
  const unknowns = [...modelUnknowns(view, options), ...judgement.unknowns];
  const decision = decide({
    ...base,
    ...witnesses,
    findings: judgement.findings,
    fixes,
    unknowns: [...unknowns, ...witnesses.unknowns],
    refusedFor: scope.kind === 'recorded' ? [] : refusedFor(unknowns, context, { rules, standing }),
    recordedOnly: scope.kind === 'recorded',
  });
  return yield* withCharge(decision, context);
}

interface JudgedInContext extends WitnessedBy {
  readonly context: ChangeContext;
}

/** By the settings of this view. */
function* judgedBy(
  view: ClusterView,
  submission: Submission,
  judging: AdmitOptions,
): Generator<Pause, JudgedInContext> {
  const context = yield* changeContextSteps(view, submission, judging.settings, judging.ledger);
  const judgement = yield* judgeChange(context, judging);
  const witnesses = yield* replayWitnesses(judgement.findings, () => context.after, replayBounds(judging));
  return { settings: view.settings, context, judgement, witnesses };
}

/** Of what is admitted. */
function* withCharge(decision: Decision, context: ChangeContext): Generator<Pause, Decision> {
  if (decision.verdict === 'deny' || context.settings.modes['identity-churn'] === 'off') return decision;
  const charge = yield* chargeOf(context);
  return charge === undefined ? decision : { ...decision, charge };
}

function authorOf(view: ClusterView, { change, requester }: Submission, { now }: AdmitOptions): Author {
  return { tenants: tenantsOfChange(change, view), requester, created: createdAt(change) ?? now };
}

function decisionBase(
  view: ClusterView,
  submission: Submission,
  { author, standing }: { readonly author: Author; readonly standing: Standing },
): DecisionInput {
  return {
    findings: [],
    fixes: new Map<Finding, Fix>(),
    unconfirmed: new Set(),
    unknowns: [],
    replayMismatches: [],
    recordedOnly: true,
    standing,
    refusedFor: [],
    requester: submission.requester,
    tenant: author.tenants[0],
    modelRevision: view.revision,
  };
}

function* judgeChange(context: ChangeContext, options: AdmitOptions): Generator<Pause, Judgement> {
  const uncovered = uncoveredByChange(context.submission.change, () => context.after, context.settings);
  const { findings, unknowns } = yield* runChecks(runsFor(context), untilLate(options));
  return { findings, unknowns: [...uncovered, ...unknowns] };
}

function* runsFor(context: ChangeContext): Iterable<CheckRun> {
  const { modes } = context.settings;
  for (const check of checksFor(subjectOf(context.submission.change).kind)) {
    if (check.onChange === undefined || modes[check.id] === 'off') continue;
    yield { check, answers: check.onChange(context) };
  }
}

export function runOptions({ expired, onFault }: Pick<AdmitOptions, 'expired' | 'onFault'>): RunOptions {
  return { expired: expired ?? (() => false), onFault: onFault ?? rethrow };
}

/** One is enough for a denial; where there is time for more, as many as anybody reads. */
function replayBounds(options: AdmitOptions): ReplayBounds {
  const { expired } = runOptions(options);
  const isLate = untilLate(options).expired;
  return { expired, isEnough: (confirmed) => confirmed >= (isLate() ? 1 : MOST_CONFIRMED) };
}

function untilLate(options: AdmitOptions): RunOptions {
  const { isLate } = options;
  return runOptions(isLate === undefined ? options : { ...options, expired: isLate });
}

/** Nobody listens for faults: then they are the caller's. */
function rethrow(check: CheckId, error: unknown): void {
  throw new Error(`${check} failed`, { cause: error });
}

/** Without its version or its configuration everything about Cilium is a guess. */
function modelUnknowns({ settings }: ClusterView, { unknowns = [] }: AdmitOptions): readonly Unknown[] {
  return settings.unknown === undefined ? unknowns : [{ reason: settings.unknown }, ...unknowns];
}

function fixesFor(
  judgement: Judgement,
  view: ClusterView,
  submission: Submission,
  options: AdmitOptions,
): Generator<Pause, ReadonlyMap<Finding, Fix>> {
  const judge = (revised: Submission): Generator<Pause, Judgement> => judgedAgain(revised, viewsOf(view), options);
  return findFixes(submission, judgement, { judge, expired: untilLate(options).expired });
}

/** What holds in all of these views. */
export function* judgedAgain(submission: Submission, views: Views, options: AdmitOptions): Generator<Pause, Judgement> {
  const judgeBy = function* (one: ClusterView): Generator<Pause, JudgedBy> {
    const context = yield* changeContextSteps(one, submission, options.settings, options.ledger);
    return { settings: one.settings, judgement: yield* judgeChange(context, options) };
  };
  return agreedJudgement(yield* askEach(views, judgeBy));
}
