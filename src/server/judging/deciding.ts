/**
 * One submission to its decision: in slices, in time, and of one state of the model, which has to know its namespace.
 *
 * A denial has to hold of one state of the cluster. If the model moved during a pause, what was denied is judged again in one
 * go; if that would hold up everybody else, it is allowed, and recorded as unknown. What mints identities is charged in the turn
 * in which it is decided; if others were charged meanwhile, it is judged again, so that two do not get one free place.
 */
import type { Pause, Submission } from '../../checks/check.ts';
import type { CheckId } from '../../checks/facts/finding-facts.ts';
import type { CheckSettings } from '../../checks/settings.ts';
import { subjectOf } from '../../cluster/change.ts';
import { admit } from '../../review/admit.ts';
import { runToEnd } from '../../cilium/run-to-end.ts';
import type { DecisionRules } from '../../review/decision-rules.ts';
import { staleMistrusts } from '../../review/mistrust.ts';
import { runGivingWay } from '../../review/run.ts';
import type { Decision, Unknown } from '../../review/results.ts';
import type { Deadline } from './deadline.ts';
import type { Model } from '../model.ts';
import type { Turns } from './turns.ts';

/** The watch of a namespace may lag behind the objects in it. */
const NAMESPACE_WAIT_MS = 100;

/** Nobody waits longer for others than this, and most reviews take a hundredth of it. */
const MOST_IN_ONE_GO_MS = 250;

/** Of the time that the API server waits: kept for deciding upon what was found, and for the replay of its witnesses. */
const SHARE_FOR_DECIDING = 0.25;

export interface Deciding {
  readonly model: Model;
  readonly settings: CheckSettings;
  readonly rules: DecisionRules;
  /** What needs a kind whose watch was silent for longer is recorded only; absent: nothing is ever too old. */
  readonly staleAfterMs?: number;
  /** The time of day, in milliseconds since 1970. */
  readonly now: number;
  readonly turns: Turns;
  readonly deadline: Deadline;
  readonly signal: AbortSignal;
  readonly onFault: (check: CheckId, error: unknown) => void;
}

export async function decideInTime(submission: Submission, deciding: Deciding): Promise<Decision> {
  const missing = await missingNamespace(submission, deciding);
  const unknowns = missing === undefined ? [] : [{ reason: `namespace ${missing} is not known to the model` }];
  return await decideNow(submission, unknowns, deciding);
}

/** A namespace that was created a moment ago may not have reached the model: waits for it, a short while. */
async function missingNamespace({ change }: Submission, { model, deadline }: Deciding): Promise<string | undefined> {
  const { namespace } = subjectOf(change);
  if (namespace === undefined) return undefined;
  const isKnown = (): boolean => model.view().namespace(namespace) !== undefined;
  return (await model.until(isKnown, Math.min(NAMESPACE_WAIT_MS, deadline.remainingMs()))) ? undefined : namespace;
}

async function decideNow(submission: Submission, unknowns: readonly Unknown[], deciding: Deciding): Promise<Decision> {
  const { model, settings, rules, now, turns, deadline, signal, onFault, staleAfterMs = Infinity } = deciding;
  const expired = (): boolean => signal.aborted || deadline.remainingMs() <= 0;
  const isLate = (): boolean => expired() || deadline.remainingMs() <= SHARE_FOR_DECIDING * deadline.timeoutMs;
  const { ledger } = model;
  const mistrusts = staleMistrusts(model.freshness.staleKinds(staleAfterMs));
  const review = () =>
    admit(model.view(), submission, { settings, rules, now, ledger, unknowns, mistrusts, onFault, expired, isLate });
  const turn = turns.start(expired);
  const charges = ledger.charges;
  const first = await runGivingWay(review(), turn.giveWay);
  const isOfOneState = isOfOneModel(first, model) && (first.charge === undefined || ledger.charges === charges);
  const decision = isOfOneState ? first : again(first, { review, workedMs: turn.workedMs() });
  ledger.charge(decision.charge);
  return decision;
}

interface Again {
  readonly review: () => Generator<Pause, Decision>;
  /** So far. */
  readonly workedMs: number;
}

/** In one go, so that nothing moves. What was admitted stays so where that takes too long. */
function again(first: Decision, { review, workedMs }: Again): Decision {
  if (workedMs <= MOST_IN_ONE_GO_MS) return runToEnd(review());
  return first.verdict === 'deny' ? allowed(first) : first;
}

function isOfOneModel({ verdict, modelRevision }: Decision, model: Model): boolean {
  return verdict === 'allow' || modelRevision === model.view().revision;
}

function allowed(decision: Decision): Decision {
  const findings = decision.findings.map((finding) => ({ ...finding, denies: false }));
  const unknown: Unknown = { reason: 'the cluster changed while this was judged', unfinished: 'time' };
  return { ...decision, verdict: 'allow', refusedFor: [], findings, unknowns: [...decision.unknowns, unknown] };
}
