/**
 * Calls the judge of a review and comes back with an answer in time, whatever the judge does.
 *
 * Invariant: a review is allowed unless its judge denied it before the deadline. A judge that throws, rejects, or returns
 * what is no answer has a bug, and the cluster goes on; so it does when a judge is late.
 * The signal tells the judge that nobody waits any more: at the deadline, and when the client has gone.
 */
import { toResponse } from '../../kubernetes/admission-review.ts';
import type { Answer, Review } from '../../kubernetes/admission-review.ts';
import { readsWarnings } from '../../review/warnings.ts';
import type { Deadline } from './deadline.ts';
import type { ReviewDecision } from '../metrics/review-metrics.ts';

export type Judge = (review: Review, deadline: Deadline, signal: AbortSignal) => Promise<Answer>;

/** Why a review is answered without its judge's word. */
export type UnknownReason = 'deadline' | 'internal-error' | 'overload';

export interface Reply {
  readonly decision: ReviewDecision;
  /** JSON of an AdmissionReview with a response. */
  readonly text: string;
}

export interface Judging {
  readonly judge: Judge;
  readonly review: Review;
  readonly deadline: Deadline;
  /** Aborted by the caller when nobody waits for the reply any more. */
  readonly controller: AbortController;
  readonly onFault: (error: unknown) => void;
  /** Called once, when the judge is done, which may be after the reply. */
  readonly onSettled: () => void;
}

export async function judgeInTime(judging: Judging): Promise<Reply> {
  const { review, deadline, controller } = judging;
  const remainingMs = deadline.remainingMs();
  if (remainingMs <= 0) {
    judging.onSettled();
    return lateReply(review);
  }
  const { promise: late, resolve } = Promise.withResolvers<Reply>();
  const timer = setTimeout(() => controller.abort(), remainingMs);
  controller.signal.addEventListener('abort', () => resolve(lateReply(review)), { once: true });
  const reply = await Promise.race([askJudge(judging), late]);
  clearTimeout(timer);
  return reply;
}

async function askJudge({ judge, review, deadline, controller, onFault, onSettled }: Judging): Promise<Reply> {
  const { signal } = controller;
  try {
    return replyOf(review, await judge(review, deadline, signal));
  } catch (error) {
    // A judge may stop by throwing the reason for which it was told to.
    if (!signal.aborted || error !== signal.reason) onFault(error);
    return unknownReply(review.uid, 'internal-error');
  } finally {
    onSettled();
  }
}

function replyOf(review: Review, answer: Answer): Reply {
  const decided = answer.auditAnnotations['decision'] === 'unknown' ? 'unknown' : 'allow';
  return { decision: answer.allowed ? decided : 'deny', text: JSON.stringify(toResponse(review.uid, answer)) };
}

function lateReply(review: Review): Reply {
  return unknownReply(review.uid, 'deadline', lateWarnings(review));
}

export function lateWarnings(review: Review): readonly string[] {
  return forPeople(review, 'cilium-bulkhead could not judge this in time; it is allowed');
}

export function sizeWarnings(review: Review): readonly string[] {
  return forPeople(review, 'cilium-bulkhead judged only part of this, for its size; it is allowed');
}

export function listWarnings(review: Review): readonly string[] {
  return forPeople(review, 'cilium-bulkhead has more advice on this than it lists; it is allowed');
}

function forPeople({ userInfo }: Review, warning: string): readonly string[] {
  return readsWarnings(userInfo) ? [warning] : [];
}

export function unknownReply(uid: string, reason: UnknownReason, warnings: readonly string[] = []): Reply {
  const answer: Answer = { allowed: true, warnings, auditAnnotations: { decision: 'unknown', reason } };
  return { decision: 'unknown', text: JSON.stringify(toResponse(uid, answer)) };
}
