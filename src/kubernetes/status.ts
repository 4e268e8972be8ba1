/**
 * A Kubernetes Status: how a failure is told, in a denial and as the body of an HTTP error.
 *
 * Mirrors metav1.Status. Invariant: its message is plain text and at most 8192 characters long.
 */
import { plainLines } from '../plain-text.ts';

const MESSAGE_LIMIT = 8192;

const REASONS: ReadonlyMap<number, string> = new Map([
  [400, 'BadRequest'],
  [403, 'Forbidden'],
  [404, 'NotFound'],
  [405, 'MethodNotAllowed'],
  [408, 'Timeout'],
  [413, 'RequestEntityTooLarge'],
  [415, 'UnsupportedMediaType'],
  [429, 'TooManyRequests'],
  [500, 'InternalError'],
  [503, 'ServiceUnavailable'],
  [504, 'Timeout'],
]);

/** The JSON text of a Kubernetes Status: of a body of any other form the user sees nothing. */
export function statusBody(code: number, message: string): string {
  return JSON.stringify({ kind: 'Status', apiVersion: 'v1', ...statusFailure(code, message) });
}

/** What every Status of a failure says, without its type. */
export function statusFailure(code: number, message: string): object {
  const reason = REASONS.get(code);
  return {
    metadata: {},
    status: 'Failure',
    message: plainLines(message, MESSAGE_LIMIT),
    ...(reason === undefined ? {} : { reason }),
    code,
  };
}
