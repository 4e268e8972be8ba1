/**
 * What the checks find of a change, confirmed by the second evaluator: by each of the settings that agents run with, and what
 * holds by all of them.
 *
 * Knows no mode but `off`, and no author: what is done about a finding is decided elsewhere (decision.ts).
 */
import type { Pause, Submission } from '../checks/check.ts';
import { changeContextSteps, type ChangeContext } from '../checks/context.ts';
import type { CheckId } from '../checks/facts/finding-facts.ts';
import type { Ledger } from '../checks/facts/ledger.ts';
import { checksFor } from '../checks/registry.ts';
import type { CheckSettings } from '../checks/settings.ts';
import { subjectOf } from '../cluster/change.ts';
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

export interface JudgedChange extends Agreement {
  /** By the settings that agents have from their next start on. */
  readonly context: ChangeContext;
}

export function* judgeChange(
  views: Views,
  submission: Submission,
  options: JudgingOptions,
): Generator<Pause, JudgedChange> {
  const confirmed = yield* askEach(views, (view) => confirmedBy(view, submission, options));
  const [{ context }] = confirmed;
  return { ...agreedWitnesses(confirmed), context };
}

/** Without witnesses: for a fix. */
export function* judgeAgain(
  views: Views,
  submission: Submission,
  options: JudgingOptions,
): Generator<Pause, Judgement> {
  return agreedJudgement(yield* askEach(views, (view) => foundBy(view, submission, options)));
}

interface FoundBy extends JudgedBy {
  readonly context: ChangeContext;
}

function* foundBy(view: ClusterView, submission: Submission, options: JudgingOptions): Generator<Pause, FoundBy> {
  const context = yield* changeContextSteps(view, submission, options.settings, options.ledger);
  return { settings: view.settings, context, judgement: yield* runOver(context, options) };
}

function* confirmedBy(
  view: ClusterView,
  submission: Submission,
  options: JudgingOptions,
): Generator<Pause, FoundBy & WitnessedBy> {
  const found = yield* foundBy(view, submission, options);
  const { findings } = found.judgement;
  return { ...found, witnesses: yield* replayWitnesses(findings, () => found.context.after, replayBounds(options)) };
}

function* runOver(context: ChangeContext, options: JudgingOptions): Generator<Pause, Judgement> {
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
