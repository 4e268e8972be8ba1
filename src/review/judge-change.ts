/**
 * What the checks find of a change, confirmed by the second evaluator: by each of the settings that agents run with, and what
 * holds by all of them.
 *
 * Knows no mode but `off`, and no author: what is done about a finding is decided elsewhere (decision.ts).
 */
import type { Pause, Submission } from '../checks/check.ts';
import { startedContext, type ChangeContext, type Check, type StartedContext } from '../checks/context.ts';
import type { CheckId } from '../checks/facts/finding-facts.ts';
import type { Ledger } from '../checks/facts/ledger.ts';
import { checksFor } from '../checks/registry.ts';
import type { CheckSettings } from '../checks/settings.ts';
import { isOfPods, subjectOf } from '../cluster/change.ts';
import type { ClusterView } from '../cluster/view.ts';
import { agreedJudgement, agreedWitnesses, type Agreement, type JudgedBy, type WitnessedBy } from './agreed.ts';
import { askEach, type Views } from './ask-each.ts';
import { uncoveredByChange } from './coverage.ts';
import { runChecks, type CheckRun, type Judgement, type RunOptions } from './run-checks.ts';
import { replayWitnesses, type ReplayBounds } from './witness.ts';

/** As many as an answer lists. */
const MOST_CONFIRMED = 32;

export interface JudgingOptions {
  /** Modes, and how the checks are tuned. */
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

/** A context for each of the settings; the first is by those that agents have from their next start on. */
export type Contexts = readonly [StartedContext, ...StartedContext[]];

export function contextsOf(
  [view, ...others]: Views,
  submission: Submission,
  { settings, ledger }: JudgingOptions,
): Contexts {
  const contextOf = (one: ClusterView): StartedContext => startedContext(one, submission, settings, ledger);
  return others.length === 0 ? [contextOf(view)] : [contextOf(view), ...others.map(contextOf)];
}

export function* judgeChange(contexts: Contexts, options: JudgingOptions): Generator<Pause, Agreement> {
  return agreedWitnesses(yield* askEach(contexts, (context) => confirmedBy(context, options)));
}

/**
 * Whether no check has anything to say, and none is in the way of saying it: what `judgeChange` finds is nothing then. Once the time
 * is up each check says so.
 */
export function isSilence(contexts: Contexts, options: JudgingOptions): boolean {
  return !untilLate(options).expired() && contexts.every(isSilent);
}

function isSilent(context: ChangeContext): boolean {
  const { change } = context.submission;
  if (!isOfPods(change)) return false;
  return checksFor(subjectOf(change).kind).every((check) => !isAsked(check, context) || saysNothing(check, context));
}

/** One that fails is asked again as always, and the failure is told. */
function saysNothing({ isSilent: ask }: Check, context: ChangeContext): boolean {
  try {
    return ask?.(context) === true;
  } catch {
    return false;
  }
}

/** Without witnesses: for a fix. */
export function* judgeAgain(
  views: Views,
  submission: Submission,
  options: JudgingOptions,
): Generator<Pause, Judgement> {
  const contexts = contextsOf(views, submission, options);
  return agreedJudgement(yield* askEach(contexts, (context) => foundBy(context, options)));
}

function* foundBy(context: StartedContext, options: JudgingOptions): Generator<Pause, JudgedBy> {
  yield* context.prepare();
  return { settings: context.current.settings, judgement: yield* runOver(context, options) };
}

function* confirmedBy(context: StartedContext, options: JudgingOptions): Generator<Pause, WitnessedBy> {
  const found = yield* foundBy(context, options);
  const { findings } = found.judgement;
  return { ...found, witnesses: yield* replayWitnesses(findings, () => context.after, replayBounds(options)) };
}

function* runOver(context: ChangeContext, options: JudgingOptions): Generator<Pause, Judgement> {
  const uncovered = uncoveredByChange(context.submission.change, () => context.after, context.settings);
  const { findings, unknowns } = yield* runChecks(runsFor(context), untilLate(options));
  return { findings, unknowns: [...uncovered, ...unknowns] };
}

function* runsFor(context: ChangeContext): Iterable<CheckRun> {
  for (const check of checksFor(subjectOf(context.submission.change).kind)) {
    if (check.onChange === undefined || !isAsked(check, context)) continue;
    yield { check, answers: check.onChange(context) };
  }
}

function isAsked({ id, onChange }: Check, { settings }: ChangeContext): boolean {
  return onChange !== undefined && settings.modes[id] !== 'off';
}

export function runOptions({ expired, onFault }: Pick<JudgingOptions, 'expired' | 'onFault'>): RunOptions {
  return { expired: expired ?? (() => false), onFault: onFault ?? rethrow };
}

/** One is enough for a denial; where there is time for more, as many as anybody reads. */
function replayBounds(options: JudgingOptions): ReplayBounds {
  const { expired } = runOptions(options);
  const isLate = untilLate(options).expired;
  return { expired, isEnough: (confirmed) => confirmed >= (isLate() ? 1 : MOST_CONFIRMED) };
}

export function untilLate(options: JudgingOptions): RunOptions {
  const { isLate } = options;
  return runOptions(isLate === undefined ? options : { ...options, expired: isLate });
}

/** Nobody listens for faults: then they are the caller's. */
function rethrow(check: CheckId, error: unknown): void {
  throw new Error(`${check} failed`, { cause: error });
}
