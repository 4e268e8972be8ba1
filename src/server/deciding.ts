/**
 * One submission to its decision: in slices, in time, and of one state of the model, which has to know its namespace.
 *
 * A denial has to hold of one state of the cluster. If the model moved during a pause, what was denied is judged again in one
 * go; if that would hold up everybody else, it is allowed, and recorded as unknown.
 */
import type { CheckId, Submission } from '../checks/check.ts';
import type { CheckSettings } from '../checks/settings.ts';
import { subjectOf } from '../cluster/change.ts';
import { admit } from '../review/admit.ts';
import { runGivingWay, runToEnd } from '../review/run.ts';
import type { Decision } from '../review/results.ts';
import type { Deadline } from './deadline.ts';
import type { Model } from './model.ts';
import type { Turns } from './turns.ts';

/** The watch of a namespace may lag behind the objects in it. */
const NAMESPACE_WAIT_MS = 100;

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
  const missing = await missingNamespace(submission, deciding);
  const decided = await decideNow(submission, deciding);
  if (missing === undefined) return decided;
  const reason = `namespace ${missing} is not known to the model`;
  return { ...decided, decision: withUnknown(decided.decision, reason) };
}

/** A namespace that was created a moment ago may not have reached the model: waits for it, a short while. */
async function missingNamespace({ change }: Submission, { model, deadline }: Deciding): Promise<string | undefined> {
  const { namespace } = subjectOf(change);
  if (namespace === undefined) return undefined;
  const isKnown = (): boolean => model.view().namespace(namespace) !== undefined;
  return (await model.until(isKnown, Math.min(NAMESPACE_WAIT_MS, deadline.remainingMs()))) ? undefined : namespace;
}

async function decideNow(submission: Submission, deciding: Deciding): Promise<Decided> {
  const { model, settings, turns, deadline, signal, onFault } = deciding;
  let isLate = false;
  const isOver = (): boolean => signal.aborted || deadline.remainingMs() <= 0;
  // Asked only where there is something left to do.
  const expired = (): boolean => (isLate ||= isOver());
  const review = () => admit(model.view(), submission, { settings, onFault, expired });
  const turn = turns.start(isOver);
  const first = await runGivingWay(review(), turn.giveWay);
  if (isOfOneModel(first, model)) return decidedBy(first, isLate);
  if (turn.workedMs() > MOST_IN_ONE_GO_MS) return { decision: allowed(first), isUnfinished: true };
  return decidedBy(runToEnd(review()), isLate);
}

/** A fix that could not be judged in time is left out, and nobody misses it; a check that could not is unknown. */
function decidedBy(decision: Decision, isLate: boolean): Decided {
  return { decision, isUnfinished: isLate && decision.unknowns.length > 0 };
}

function isOfOneModel({ verdict, modelRevision }: Decision, model: Model): boolean {
  return verdict === 'allow' || modelRevision === model.view().revision;
}

function allowed(decision: Decision): Decision {
  const findings = decision.findings.map((finding) => ({ ...finding, denies: false }));
  return withUnknown({ ...decision, verdict: 'allow', findings }, 'the cluster changed while this was judged');
}

function withUnknown(decision: Decision, reason: string): Decision {
  return { ...decision, unknowns: [...decision.unknowns, { reason }] };
}
