/**
 * Answers on the wire: JSON, with its length, written at once.
 *
 * An error is a Kubernetes Status, whose message the API server shows to its user; of any other body they see nothing.
 * Invariant: an error closes its connection. Only who asks for reviews keeps one.
 */
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { statusBody } from '../../kubernetes/status.ts';

/** How long the sender of a refused body may go on, so that it gets to read the answer before the connection is cut. */
const LINGER_MS = 1_000;

export function sendJson(response: ServerResponse, code: number, text: string): void {
  writeHead(response, code, text, {});
  response.end(text);
}

/**
 * Answers with an error, also while the body is still arriving, and closes the connection.
 *
 * Closing at once would reset it, and a reset throws away what the client has not read yet: the answer. So the rest of
 * the body is read and dropped until the client stops, for a second at most.
 */
export function sendStatus(
  response: ServerResponse,
  code: number,
  message: string,
  headers: OutgoingHttpHeaders = {},
): void {
  const text = statusBody(code, message);
  writeHead(response, code, text, { ...headers, Connection: 'close' });
  response.write(text);
  afterBody(response.req, () => response.end());
}

function afterBody(request: IncomingMessage, then: () => void): void {
  if (request.readableEnded || request.destroyed) {
    then();
    return;
  }
  const end = (): void => {
    clearTimeout(timer);
    request.off('end', end).off('close', end);
    then();
  };
  const timer = setTimeout(end, LINGER_MS);
  request.on('end', end).on('close', end).resume();
}

function writeHead(response: ServerResponse, code: number, text: string, headers: OutgoingHttpHeaders): void {
  response.writeHead(code, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(text),
    ...headers,
  });
}
