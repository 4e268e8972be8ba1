/**
 * A decision -> the answer to a review: what the author reads, and what stands in the audit log.
 *
 * What denies comes first, in the message and in the causes; whatever else they tell, and the warnings, is of findings that are
 * meant for the author. The audit annotations name all of them, by their ids.
 */
import { MODES } from '../../checks/settings.ts';
import type { Answer, Review } from '../../kubernetes/admission-review.ts';
import { formatFieldError, type DecodeError } from '../../kubernetes/decode/decode-object.ts';
import { denialText } from '../../review/denial-text.ts';
import type { Decision, JudgedFinding } from '../../review/results.ts';
import { readsWarnings } from '../../review/warnings.ts';
import { lateWarnings, listWarnings, sizeWarnings } from './judge-in-time.ts';

const ANNOTATED_FINDINGS = 8;

export const NOTHING_TO_SAY: Answer = { allowed: true, warnings: [], auditAnnotations: { decision: 'allow' } };

export interface AnswerContext {
  readonly review: Review;
  readonly decisionId: string;
  /** Folder or address of the documentation, without a slash at the end. */
  readonly docsUrl: string;
  readonly modelAgeSeconds: number;
}

export function answerFrom(decision: Decision, context: AnswerContext): Answer {
  const answer = decidedAnswer(decision, context);
  return answer.allowed ? withUnfinished(answer, decision, context) : answer;
}

function decidedAnswer(decision: Decision, context: AnswerContext): Answer {
  const { docsUrl, decisionId } = context;
  const notes = { warnings: decision.warnings, auditAnnotations: annotationsOf(decision, context) };
  if (decision.verdict === 'allow') return { allowed: true, ...notes };
  const denying = decision.findings.filter(({ denies }) => denies);
  const advice = decision.findings.filter(({ audience, denies }) => audience === 'author' && !denies);
  const told = [...denying, ...advice];
  return {
    allowed: false,
    message: denialText(told, { docsUrl, decisionId }, decision.refusedFor),
    causes: [
      ...told.map(({ id, field, message }) => ({ reason: id, field: field ?? '', message })),
      ...(decision.refusedFor ?? []).map(({ reason, path }) => ({
        reason: 'unknown',
        field: path ?? '',
        message: reason,
      })),
    ],
    ...notes,
  };
}

/** The author hears that what was found is not all there is. */
function withUnfinished(answer: Answer, { unknowns }: Decision, { review }: AnswerContext): Answer {
  const left = new Set(unknowns.map(({ unfinished }) => unfinished));
  if (left.has('time')) return withNotice(answer, 'deadline', lateWarnings(review));
  if (left.has('size')) return withNotice(answer, 'size', sizeWarnings(review));
  // Who is told of no advice need not hear that there is more.
  return left.has('list') && answer.warnings.length > 0 ? withNotice(answer, 'list', listWarnings(review)) : answer;
}

function withNotice(answer: Answer, reason: string, notice: readonly string[]): Answer {
  const { warnings, auditAnnotations } = answer;
  return { ...answer, warnings: [...notice, ...warnings], auditAnnotations: { ...auditAnnotations, reason } };
}

function annotationsOf(
  decision: Decision,
  { decisionId, modelAgeSeconds }: AnswerContext,
): Readonly<Record<string, string>> {
  const { findings, unknowns, verdict, tenant } = decision;
  const ids = [...new Set(findings.map(({ id }) => id))].slice(0, ANNOTATED_FINDINGS);
  const isUnknown = verdict === 'allow' && unknowns.some(({ unfinished }) => unfinished !== 'list');
  return {
    decision: isUnknown ? 'unknown' : verdict,
    ...(ids.length === 0 ? {} : { findings: ids.join(','), mode: strictestMode(findings) }),
    tenant,
    'model-age-seconds': String(modelAgeSeconds),
    'decision-id': decisionId,
  };
}

function strictestMode(findings: readonly JudgedFinding[]): string {
  const modes = new Set(findings.map(({ mode }) => mode));
  return MODES.findLast((mode) => modes.has(mode)) ?? 'off';
}

/** The envelope is good and the object is not: nobody is refused for it here, and the author hears where. */
export function malformedAnswer(error: DecodeError, { userInfo }: Review): Answer {
  const warning = `not judged: ${formatFieldError(error)}`;
  return {
    allowed: true,
    warnings: readsWarnings(userInfo) ? [warning] : [],
    auditAnnotations: { decision: 'unknown', reason: 'malformed' },
  };
}
