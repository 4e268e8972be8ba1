/**
 * One submission to its decision: in slices, in time, and of one state of the model.
 *
 * A denial has to hold of one state of the cluster. If the model moved during a pause, what was denied is judged again in one
 * go; if that would hold up everybody else, it is allowed, and recorded as unknown.
 */
import type { CheckId, Submission } from '../checks/check.ts';
import type { CheckSettings } from '../checks/settings.ts';
import { admit } from '../review/admit.ts';
import { runGivingWay, runToEnd } from '../review/run.ts';
import type { Decision } from '../review/results.ts';
import type { Deadline } from './deadline.ts';
import type { Model } from './model.ts';
import type { Turns } from './turns.ts';

/** Nobody waits longer for others than this, and most reviews take a hundredth of it. */
const MOST_IN_ONE_GO_MS = 250;

export interface Deciding {
  readonly model: Model;
  readonly settings: CheckSettings;
  readonly turns: Turns;
  readonly deadline: Deadline;
  readonly signal: AbortSignal;
  readonly onFault: (check: CheckId, error: unknown) => void;
}

export interface Decided {
  readonly decision: Decision;
  /** Something was left out: the time was up, or the model did not stand still. */
  readonly isUnfinished: boolean;
}

export async function decideInTime(submission: Submission, deciding: Deciding): Promise<Decided> {
  const { model, settings, turns, deadline, signal, onFault } = deciding;
  let isLate = false;
  const isOver = (): boolean => signal.aborted || deadline.remainingMs() <= 0;
  // Asked only where there is something left to do.
  const expired = (): boolean => (isLate ||= isOver());
  const review = () => admit(model.view(), submission, { settings, onFault, expired });
  const turn = turns.start(isOver);
  const first = await runGivingWay(review(), turn.giveWay);
  if (isOfOneModel(first, model)) return decided(first, isLate);
  if (turn.workedMs() > MOST_IN_ONE_GO_MS) return { decision: allowed(first), isUnfinished: true };
  return decided(runToEnd(review()), isLate);
}

/** A fix that could not be judged in time is left out, and nobody misses it; a check that could not is unknown. */
function decided(decision: Decision, isLate: boolean): Decided {
  return { decision, isUnfinished: isLate && decision.unknowns.length > 0 };
}

function isOfOneModel({ verdict, modelRevision }: Decision, model: Model): boolean {
  return verdict === 'allow' || modelRevision === model.view().revision;
}

function allowed(decision: Decision): Decision {
  const unknown = { reason: 'the cluster changed while this was judged' };
  return {
    ...decision,
    verdict: 'allow',
    findings: decision.findings.map((finding) => ({ ...finding, denies: false })),
    unknowns: [...decision.unknowns, unknown],
  };
}
