/**
 * Takes HTTP/1.1 responses off a byte stream: as little as a load generator can do, so that it is not what is measured.
 *
 * Knows responses with a Content-Length only, one at a time, which is what the servers here send; throws at anything else.
 */
export interface Response {
  readonly status: number;
  readonly body: string;
}

const HEAD_END = '\r\n\r\n';

export class ResponseReader {
  #pending: Buffer | undefined;

  /** The response that this chunk completes; undefined while there is more to come. */
  take(chunk: Buffer): Response | undefined {
    const bytes = this.#pending === undefined ? chunk : Buffer.concat([this.#pending, chunk]);
    const response = parse(bytes);
    this.#pending = response === undefined ? bytes : undefined;
    return response;
  }
}

function parse(bytes: Buffer): Response | undefined {
  const headEnd = bytes.indexOf(HEAD_END);
  if (headEnd < 0) return undefined;
  const head = bytes.toString('latin1', 0, headEnd);
  const end = headEnd + HEAD_END.length + contentLength(head);
  if (bytes.length < end) return undefined;
  if (bytes.length > end) throw new Error('more was received than was asked for');
  return {
    status: Number(head.slice('HTTP/1.1 '.length, 'HTTP/1.1 200'.length)),
    body: bytes.toString('utf8', headEnd + HEAD_END.length, end),
  };
}

function contentLength(head: string): number {
  const length = /^content-length: *(\d+)/im.exec(head)?.[1];
  if (length === undefined) throw new Error(`a response without a length: ${head}`);
  return Number(length);
}
