/**
 * What is answered to bytes that never become a request: broken HTTP, heads that are too large, and senders that are too slow;
 * and what is told of TLS handshakes that fail, to which nothing can be answered.
 *
 * Node has no response object for these, so the answer is written to the socket as it is, and the connection is closed.
 */
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { statusBody } from '../../kubernetes/status.ts';
import type { FaultLog } from '../fault-log.ts';
import { HANDSHAKE_WARNINGS, handshakeFault } from '../tls/handshake-faults.ts';
import type { Metrics } from '../metrics.ts';

const CODE_OF_ERROR: ReadonlyMap<string, number> = new Map([
  ['ERR_HTTP_REQUEST_TIMEOUT', 408],
  ['HPE_CHUNK_EXTENSIONS_OVERFLOW', 413],
  ['HPE_HEADER_OVERFLOW', 431],
]);
const MESSAGES: ReadonlyMap<number, string> = new Map([
  [408, 'the request did not arrive in time'],
  [413, 'the chunk extensions are too large'],
  [431, 'the request head is too large'],
]);

/** Returns the status code that was sent, or undefined where nobody is left to read one. */
export function answerConnectionError(error: NodeJS.ErrnoException, socket: Duplex): number | undefined {
  const code = codeOf(error);
  if (code === undefined || !socket.writable) {
    socket.destroy();
    return undefined;
  }
  socket.end(rawResponse(code, MESSAGES.get(code) ?? 'the request is not valid HTTP/1.1'), () => socket.destroy());
  return code;
}

/** Only errors of HTTP can be answered in HTTP: others come from a lost connection, or a TLS handshake that failed. */
function codeOf({ code = '' }: NodeJS.ErrnoException): number | undefined {
  return CODE_OF_ERROR.get(code) ?? (code.startsWith('HPE_') ? 400 : undefined);
}

function rawResponse(code: number, message: string): string {
  const body = statusBody(code, message);
  const head = [
    `HTTP/1.1 ${code} ${STATUS_CODES[code] ?? ''}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}

export interface HandshakeReport {
  readonly metrics: Pick<Metrics, 'handshakeFailed'>;
  readonly faults: Pick<FaultLog, 'warn'>;
}

/** `peer`: the address of the client, where it is still known. */
export function reportHandshake(
  error: NodeJS.ErrnoException,
  peer: string | undefined,
  { metrics, faults }: HandshakeReport,
): void {
  const fault = handshakeFault(error);
  metrics.handshakeFailed(fault);
  const warning = HANDSHAKE_WARNINGS[fault];
  if (warning !== undefined) faults.warn(`handshake ${fault}`, warning, { peer, error: error.code ?? error.message });
}
