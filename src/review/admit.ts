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
import { subjectOf } from '../cluster/change.ts';
import { tenantsOfChange } from '../cluster/tenants-of-change.ts';
import type { ClusterView } from '../cluster/view.ts';
import { uncoveredByChange } from './coverage.ts';
import { decide, type DecisionInput } from './decision.ts';
import { findFixes } from './fix.ts';
import { runChecks, type CheckRun, type Judgement, type RunOptions } from './run-checks.ts';
import type { Decision, Unknown } from './results.ts';
import { scopeOf } from './scope.ts';
import { replayWitnesses, type ReplayBounds } from './witness.ts';

/** As many as an answer lists. */
const MOST_CONFIRMED = 32;

export interface AdmitOptions {
  readonly settings: CheckSettings;
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
  const scope = scopeOf(submission, options.settings);
  const base = decisionBase(view, submission, options);
  if (scope.kind === 'exempt') return decide(base);
  const context = yield* changeContextSteps(view, submission, options.settings, options.ledger);
  const judgement = yield* judgeChange(context, options);
  const witnesses = yield* replayWitnesses(judgement.findings, () => context.after, replayBounds(options));
  const fixes = yield* fixesFor(judgement, view, submission, options);
  return decide({
    ...base,
    ...witnesses,
    findings: judgement.findings,
    fixes,
    unknowns: [...modelUnknowns(view), ...judgement.unknowns, ...witnesses.unknowns],
    recordedOnly: scope.kind === 'recorded',
  });
}

function decisionBase(view: ClusterView, submission: Submission, options: AdmitOptions): DecisionInput {
  const [tenant] = tenantsOfChange(submission.change, view);
  return {
    findings: [],
    fixes: new Map<Finding, Fix>(),
    unconfirmed: new Set(),
    unknowns: [],
    replayMismatches: [],
    recordedOnly: true,
    settings: options.settings,
    requester: submission.requester,
    tenant,
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
function modelUnknowns({ settings }: ClusterView): readonly Unknown[] {
  return settings.unknown === undefined ? [] : [{ reason: settings.unknown }];
}

function* fixesFor(
  judgement: Judgement,
  view: ClusterView,
  submission: Submission,
  options: AdmitOptions,
): Generator<Pause, ReadonlyMap<Finding, Fix>> {
  const judge = function* (revised: Submission): Generator<Pause, Judgement> {
    return yield* judgeChange(yield* changeContextSteps(view, revised, options.settings, options.ledger), options);
  };
  return yield* findFixes(submission, judgement, { judge, expired: untilLate(options).expired });
}
