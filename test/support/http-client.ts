/**
 * Clients of the webhook: one that speaks HTTP as the API server does, and one that sends any bytes at all.
 */
import { request } from 'node:https';
import type { Agent, RequestOptions } from 'node:https';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { connect } from 'node:tls';
import type { TLSSocket } from 'node:tls';
import type { Target } from './http-server.ts';

export interface HttpRequest {
  readonly method?: string;
  readonly path?: string;
  /** In place of the API server's; `undefined` leaves one out. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: string | Buffer;
  /** False: a connection of its own. */
  readonly agent?: Agent | false;
  readonly tls?: Pick<RequestOptions, 'cert' | 'key' | 'maxVersion'>;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The body as JSON; undefined where it is none. */
  readonly json: unknown;
  /** Whether the connection had served another request before. */
  readonly reused: boolean;
}

const API_SERVER_HEADERS = {
  'user-agent': 'kube-apiserver-admission',
  accept: 'application/json, */*',
  'accept-encoding': 'gzip',
  'content-type': 'application/json',
};

export async function send(target: Target, what: HttpRequest = {}): Promise<HttpResponse> {
  const { method = 'POST', path = '/validate?timeout=3s', body = '', agent = target.agent } = what;
  const headers: Record<string, string | undefined> = {
    ...API_SERVER_HEADERS,
    'content-length': String(Buffer.byteLength(body)),
    ...what.headers,
  };
  const outgoing = request({
    host: target.address.address,
    port: target.address.port,
    servername: 'localhost',
    ca: target.ca,
    method,
    path,
    headers: Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined)),
    agent,
    ...what.tls,
  });
  const response = new Promise<IncomingMessage>((resolve, reject) => {
    outgoing.once('response', resolve).on('error', reject);
  });
  outgoing.end(body);
  const incoming = await response;
  const text = await textOf(incoming);
  const { statusCode = 0, headers: received } = incoming;
  return { status: statusCode, headers: received, text, json: jsonOf(text), reused: outgoing.reusedSocket };
}

async function textOf(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export interface RawConnection {
  readonly socket: TLSSocket;
  /** Everything that is received until the server closes the connection. */
  readonly received: Promise<string>;
}

/** A TLS connection that has sent nothing yet. */
export async function connectRaw({ address, ca }: Pick<Target, 'address' | 'ca'>): Promise<RawConnection> {
  const socket = connect({ host: address.address, port: address.port, servername: 'localhost', ca });
  const received = new Promise<string>((resolve) => {
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => void chunks.push(chunk));
    // A connection that is cut off has still delivered what came before.
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(Buffer.concat(chunks).toString('utf8')));
  });
  await new Promise((resolve, reject) => {
    socket.once('secureConnect', resolve).once('error', reject);
  });
  return { socket, received };
}
