/**
 * What of an answer counts when two are compared: everything of an identity but texts of errors; of a policy also not what
 * the CRD schema says; of a world what test/conformance judges.
 */
import { judged as judgedWorld, type RecordedAnswer } from '../conformance/recorded-worlds.ts';
import type { Answer } from './ask.ts';

interface Selector {
  readonly path: string;
  readonly match: unknown;
}

export function judge(op: string, answer: Answer): Answer {
  if (answer['nondeterministic'] === true) return { nondeterministic: true };
  if (!('ok' in answer) && 'error' in answer) return { unanswered: answer['error'] };
  switch (op) {
    case 'map':
      return judgedWorld(answer as unknown as RecordedAnswer);
    case 'sanitize':
      return answer['ok'] === true ? judgedPolicy(answer) : { ok: false };
    default:
      return answer['ok'] === true ? without(answer, 'error') : { ok: false };
  }
}

function judgedPolicy({ selectors, enableDefaultDeny }: Answer): Answer {
  const matches = ((selectors ?? []) as readonly Selector[]).map(({ path, match }) => ({ path, match }));
  return { ok: true, selectors: matches, enableDefaultDeny };
}

function without(answer: Answer, field: string): Answer {
  return Object.fromEntries(Object.entries(answer).filter(([name]) => name !== field));
}

/** What is compared of two answers to one case: what is judged, and what recorded cases do not all have. */
export function comparable(op: string, answer: Answer): Answer {
  if (op === 'sanitize' && 'ok' in answer) return { ...judge(op, answer), admitted: isAdmitted(answer) };
  if (op !== 'map' || !('entries' in answer)) return judge(op, answer);
  const { ingressEnforced, egressEnforced, resolveError } = answer;
  return resolveError !== undefined ? judge(op, answer) : { ...judge(op, answer), ingressEnforced, egressEnforced };
}

/** Whether the schema of the CRD lets the object pass, so that an agent sees it; an API server prunes unknown fields. */
export function isAdmitted({ crd }: Answer): boolean {
  const verdict = crd as { readonly ok: boolean; readonly beyondSchema?: boolean } | undefined;
  return verdict === undefined || verdict.ok || verdict.beyondSchema === true;
}

/** Whether the entries of a world are as many as an answer with bounds says. */
export function isWithin({ nondeterministic, mapEntries }: Answer, cilium: Answer): boolean {
  if (nondeterministic !== true || mapEntries === undefined) return false;
  const { min, max } = mapEntries as { readonly min: number; readonly max: number };
  const count = Number(cilium['mapEntries']);
  return min <= count && count <= max;
}
