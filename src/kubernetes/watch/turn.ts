/**
 * Why one request, or one list of several pages, came to its end, and what follows from that.
 */
import { textOf } from '../api/answer-text.ts';
import type { ApiAnswer } from '../api/api-connection.ts';
import { isExpired, parsed, statusOf } from './watch-event.ts';

export type Turn =
  /** As it should: go on where it ended. */
  | { readonly end: 'over' }
  /** Go on there after a while. */
  | { readonly end: 'failed'; readonly reason: string; readonly retryAfterMs?: number }
  /** Nobody knows what was missed: list everything again, after a while. */
  | { readonly end: 'lost'; readonly reason: string }
  /** The server has no such resource. */
  | { readonly end: 'absent' }
  /** It does not send lists over watches. */
  | { readonly end: 'no-watch-list' };

export const FORGOTTEN: Turn = { end: 'lost', reason: 'the API server has forgotten what came after the last list' };

const MAX_STATUS_BYTES = 64 * 1024;
const MAX_REASON = 512;

/** What follows from an answer that is not the one that was asked for. */
export async function refusal(answer: ApiAnswer): Promise<Turn> {
  const text = await textOf(answer.chunks, MAX_STATUS_BYTES);
  if (isExpired({ code: answer.status })) return FORGOTTEN;
  if (answer.status === 404) return { end: 'absent' };
  const { message } = statusOf(text.ok ? parsed(text.value) : undefined);
  const reason = `the API server answers ${answer.status}${message === '' ? '' : `: ${message.slice(0, MAX_REASON)}`}`;
  return failed({ reason, retryAfterMs: answer.retryAfterMs });
}

export function failed(why: { readonly reason: string; readonly retryAfterMs?: number | undefined }): Turn {
  const { reason, retryAfterMs } = why;
  return retryAfterMs === undefined ? { end: 'failed', reason } : { end: 'failed', reason, retryAfterMs };
}

/** What is thrown where there is no answer, or no more of it. */
export function failure(error: unknown): Turn {
  const reason = error instanceof Error ? error.message : String(error);
  return { end: 'failed', reason: `the exchange with the API server broke off: ${reason.slice(0, MAX_REASON)}` };
}
