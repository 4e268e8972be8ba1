/**
 * How long a review may take: the API server's `?timeout=`, less a margin for the way back.
 *
 * The value is text from outside. Absent, repeated, not a Go duration, not positive, or longer than any API server waits:
 * the default counts, and the request is served all the same.
 */
import { parseDurationMs } from '../../cilium/go-text.ts';
import type { Clock } from '../../cluster/clock.ts';

export interface Deadline {
  /** What the API server waits, as far as we know. */
  readonly timeoutMs: number;
  /** Until the review has to be answered; not positive once it is late. */
  readonly remainingMs: () => number;
}

const DEFAULT_TIMEOUT_MS = 3_000;
/** A webhook's timeoutSeconds is between 1 and 30. */
const MAX_TIMEOUT_MS = 30_000;
const MARGIN_SHARE = 0.1;
const MIN_MARGIN_MS = 50;

/** `url` is a request target: `/validate?timeout=3s`. The time runs from now on. */
export function deadlineOf(url: string, clock: Clock): Deadline {
  const timeoutMs = timeoutOf(url);
  const end = clock() + timeoutMs - marginOf(timeoutMs);
  return { timeoutMs, remainingMs: () => end - clock() };
}

/** A tenth, at least 50 ms, but never more than half of what there is. */
function marginOf(timeoutMs: number): number {
  return Math.min(Math.max(timeoutMs * MARGIN_SHARE, MIN_MARGIN_MS), timeoutMs / 2);
}

function timeoutOf(url: string): number {
  const query = url.indexOf('?');
  if (query === -1) return DEFAULT_TIMEOUT_MS;
  const [text, ...repeated] = new URLSearchParams(url.slice(query + 1)).getAll('timeout');
  if (text === undefined || repeated.length > 0) return DEFAULT_TIMEOUT_MS;
  const timeoutMs = parseDurationMs(text);
  return timeoutMs !== undefined && timeoutMs > 0 && timeoutMs <= MAX_TIMEOUT_MS ? timeoutMs : DEFAULT_TIMEOUT_MS;
}
