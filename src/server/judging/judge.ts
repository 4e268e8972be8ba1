/**
 * The judge of the webhook: a review -> a submission -> a decision -> an answer.
 *
 * Knows no rule of Cilium and no check; puts the parts in order and says what it did (log, metrics). A review that cannot be
 * judged is allowed and recorded as unknown. Gives way to other requests every few milliseconds of work.
 */
import type { DecisionRules } from '../../review/decision-rules.ts';
import { unknownText } from '../../review/denial-text.ts';
import type { Decision } from '../../review/results.ts';
import { checksFor } from '../../checks/registry.ts';
import type { CheckSettings } from '../../checks/settings.ts';
import type { Submission } from '../../checks/check.ts';
import type { CheckId } from '../../checks/facts/finding-facts.ts';
import { formatRef } from '../../cilium/objects.ts';
import { subjectOf } from '../../cluster/change.ts';
import type { DecidedReview } from '../../decision-log/decision-line.ts';
import type { Answer, Review } from '../../kubernetes/admission-review.ts';
import { formatAPIVersion, kindEntry, type KindEntry } from '../../kubernetes/decode/kinds.ts';
import { NOT_JUDGED, toSubmission } from '../../kubernetes/submission.ts';
import type { Logger } from '../../log.ts';
import type { Clock } from '../../cluster/clock.ts';
import type { Deadline } from './deadline.ts';
import { answerFrom, malformedAnswer, NOTHING_TO_SAY } from './answer.ts';
import { decideInTime } from './deciding.ts';
import { FaultLog } from '../fault-log.ts';
import type { Judge } from './judge-in-time.ts';
import type { Metrics } from '../metrics.ts';
import type { Model } from '../model.ts';
import { Turns } from './turns.ts';

/** By what is judged, as the configuration says at the moment. */
export interface Terms {
  /** Those of everybody. */
  readonly settings: CheckSettings;
  /** Who is judged otherwise. */
  readonly rules: DecisionRules;
  /** How long the watch of a kind may be silent; absent: for ever. */
  readonly staleAfterMs?: number;
  /** Folder or address of the documentation, without a slash at the end. */
  readonly docsUrl: string;
  /** Names this state of the configuration. */
  readonly settingsVersion: string;
  /** Custom kinds that are judged. */
  readonly customKinds?: readonly KindEntry[];
}

export interface JudgeOptions {
  readonly model: Model;
  /** Asked once for each review: a review is judged by one state of the configuration. */
  readonly terms: () => Terms;
  /** The time of day, in milliseconds since 1970. */
  readonly now: () => number;
  readonly clock: Clock;
  readonly newDecisionId: () => string;
  /** Told of every decision, and not waited for. */
  readonly onDecision?: (decided: DecidedReview) => void;
  readonly log: Logger;
  readonly metrics: Pick<Metrics, 'finding' | 'witnessReplayMismatch' | 'internalError'>;
}

export function makeJudge(options: JudgeOptions): Judge {
  const turns = new Turns(options.clock);
  const faults = new FaultLog(options);
  return async (review, deadline, signal) => {
    const terms = options.terms();
    if (!hasChecks(review, terms)) return NOTHING_TO_SAY;
    const submission = toSubmission(review, terms.customKinds);
    if (!submission.ok) return malformedAnswer(submission.error, review);
    if (submission.value === NOT_JUDGED) return NOTHING_TO_SAY;
    return judgeSubmission(submission.value, {
      ...options,
      ...terms,
      turns,
      faults,
      review,
      deadline,
      signal,
    });
  };
}

/** Of a kind that no check looks at, the shape is nobody's business. */
function hasChecks({ kind }: Review, { customKinds }: Terms): boolean {
  const entry = kindEntry(kind, customKinds);
  return entry === undefined || checksFor(entry.kind).length > 0;
}

interface Judging extends JudgeOptions, Terms {
  readonly turns: Turns;
  readonly faults: FaultLog;
  readonly review: Review;
  readonly deadline: Deadline;
  readonly signal: AbortSignal;
}

async function judgeSubmission(submission: Submission, judging: Judging): Promise<Answer> {
  const { faults, metrics } = judging;
  const decisionId = judging.newDecisionId();
  const onFault = (check: CheckId, error: unknown): void => {
    metrics.internalError();
    const object = formatRef(subjectOf(submission.change));
    faults.record(`check ${check}`, 'a check failed', { check, error, object, decisionId });
  };
  const decision = await decideInTime(submission, { ...judging, now: judging.now(), onFault });
  const decided = { ...judging, decisionId, modelAgeSeconds: Math.floor(judging.model.ageSeconds()) };
  record(decision, submission, decided);
  return answerFrom(decision, decided);
}

interface Decided extends Judging {
  readonly decisionId: string;
  readonly modelAgeSeconds: number;
}

function record(decision: Decision, submission: Submission, judged: Decided): void {
  const { faults, log, metrics, review, decisionId } = judged;
  for (const finding of decision.findings) metrics.finding(finding);
  for (const { finding, detail } of decision.replayMismatches) {
    metrics.witnessReplayMismatch();
    const message = 'the second evaluator disagrees; nothing is denied for it';
    faults.record(`replay ${finding}`, message, { finding, detail, decisionId });
  }
  judged.onDecision?.(decidedReview(decision, submission, judged));
  if (decision.findings.length === 0 && decision.unknowns.length === 0) return;
  log.info('reviewed', {
    decisionId,
    object: formatRef(subjectOf(submission.change)),
    operation: review.operation,
    user: review.userInfo.username,
    dryRun: review.dryRun,
    verdict: decision.verdict,
    findings: decision.findings.map(({ check, id, message }) => `${check}/${id}: ${message}`),
    ...exemptionField(decision),
    unknowns: decision.unknowns.map(unknownText),
  });
}

function decidedReview(decision: Decision, { change }: Submission, judged: Decided): DecidedReview {
  const { review, decisionId, signal, modelAgeSeconds, settingsVersion } = judged;
  const { namespace, name } = subjectOf(change);
  return {
    id: decisionId,
    time: judged.now(),
    object: {
      apiVersion: formatAPIVersion(review.kind),
      kind: review.kind.kind,
      ...(namespace === undefined ? {} : { namespace }),
      name,
    },
    operation: review.operation,
    ...(review.subresource === '' ? {} : { subresource: review.subresource }),
    dryRun: review.dryRun,
    user: review.userInfo.username,
    decision,
    isLate: signal.aborted,
    modelAgeSeconds,
    settings: settingsVersion,
  };
}

/** Absent where none applied. */
function exemptionField({ findings }: Decision): { readonly exemptions?: readonly string[] } {
  const names = new Set(findings.flatMap(({ exemption }) => exemption ?? []));
  return names.size === 0 ? {} : { exemptions: [...names] };
}
