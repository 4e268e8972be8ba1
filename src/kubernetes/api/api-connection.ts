/**
 * Requests to an API server: answers come as streams, from one pool of connections.
 *
 * Every answer may end at any moment, and one that says nothing for too long is cut: a connection whose other end is gone without
 * a word looks like a quiet one. So a read either goes on or fails, it never waits for ever.
 * Cost: a connection for each watch; a few that are idle are kept for the next requests.
 */
import { once } from 'node:events';
import { Agent as PlainAgent, request as plainRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { Agent, request as tlsRequest, type RequestOptions } from 'node:https';
import type { ClusterAccess } from './client.ts';

export interface ApiRequest {
  /** With its query. */
  readonly path: string;
  /** How long the server may be silent, from the request on. */
  readonly silenceMs: number;
  readonly signal: AbortSignal;
}

/** What is to be stored there, or what of it is to change. */
export interface ApiWrite extends ApiRequest {
  readonly method: 'POST' | 'PUT' | 'PATCH';
  readonly object: object;
}

export interface ApiAnswer {
  readonly status: number;
  /** What the server asks for before the next request. */
  readonly retryAfterMs: number | undefined;
  /** The body, once. Fails where the connection does; to leave it before its end closes the connection. */
  readonly chunks: AsyncIterable<Uint8Array>;
}

export interface ApiConnection {
  /** Fails where no answer comes. */
  readonly get: (request: ApiRequest) => Promise<ApiAnswer>;
  readonly write: (request: ApiWrite) => Promise<ApiAnswer>;
  readonly close: () => void;
}

const HEADERS = { Accept: 'application/json', 'User-Agent': 'cilium-bulkhead' };
const POOL = { keepAlive: true, keepAliveMsecs: 30_000, maxFreeSockets: 4 };

export function connectTo(cluster: ClusterAccess): ApiConnection {
  const isPlain = cluster.server.protocol === 'http:';
  const agent = isPlain ? new PlainAgent(POOL) : new Agent(POOL);
  const send = isPlain ? plainRequest : tlsRequest;
  const exchange = async ({ path, silenceMs, signal }: ApiRequest, sent: Sent): Promise<ApiAnswer> => {
    const credentials = await cluster.credentials();
    const options = { ...credentials, ...(cluster.proxied ? {} : { agent }), ...whereTo(cluster.server, path) };
    const headers = { ...credentials.headers, ...HEADERS, ...sent.headers };
    const request = send({ ...options, method: sent.method, headers });
    return answerTo(request, sent.body, new Watchdog(request, silenceMs, signal));
  };
  return {
    get: (request) => exchange(request, { method: 'GET' }),
    write: ({ method, object, ...request }) =>
      exchange(request, { method, headers: { 'Content-Type': TYPES[method] }, body: JSON.stringify(object) }),
    close: () => agent.destroy(),
  };
}

/** Lists of a patch are merged by the keys of their items, where Kubernetes knows these: webhooks by name. */
const TYPES = {
  POST: 'application/json',
  PUT: 'application/json',
  PATCH: 'application/strategic-merge-patch+json',
} as const;

interface Sent {
  readonly method: 'GET' | ApiWrite['method'];
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

function whereTo(server: URL, path: string): RequestOptions {
  return {
    protocol: server.protocol,
    hostname: server.hostname.replace(/^\[|\]$/g, ''),
    port: server.port,
    path: `${server.pathname.replace(/\/+$/, '')}${path}`,
  };
}

async function answerTo(request: ClientRequest, body: string | undefined, watchdog: Watchdog): Promise<ApiAnswer> {
  request.end(body);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  watchdog.answered(response);
  return {
    status: response.statusCode ?? 0,
    retryAfterMs: retryAfterMs(response.headers['retry-after']),
    chunks: heard(response, watchdog),
  };
}

/** Ends an exchange that is silent for too long, or that nobody wants any more. */
class Watchdog {
  readonly #timer: NodeJS.Timeout;
  #exchange: { readonly destroy: (error: Error) => unknown };

  constructor(request: ClientRequest, silenceMs: number, signal: AbortSignal) {
    this.#exchange = request;
    this.#timer = setTimeout(() => this.#end(`no sign of life for ${silenceMs / 1000} s`), silenceMs);
    const stop = (): void => this.#end('it was stopped');
    signal.addEventListener('abort', stop, { once: true });
    request.once('close', () => {
      clearTimeout(this.#timer);
      signal.removeEventListener('abort', stop);
    });
    // Whoever waits for the answer, or reads it, hears of it there.
    request.on('error', () => undefined);
    if (signal.aborted) stop();
  }

  answered(response: IncomingMessage): void {
    this.#exchange = response;
    this.signOfLife();
  }

  signOfLife(): void {
    this.#timer.refresh();
  }

  #end(reason: string): void {
    this.#exchange.destroy(new Error(reason));
  }
}

async function* heard(response: IncomingMessage, watchdog: Watchdog): AsyncGenerator<Uint8Array> {
  for await (const chunk of response) {
    watchdog.signOfLife();
    if (chunk instanceof Uint8Array) yield chunk;
  }
}

/** In whole seconds, as API servers say it. */
function retryAfterMs(header: string | undefined): number | undefined {
  return header !== undefined && /^\d{1,6}$/.test(header) ? Number(header) * 1000 : undefined;
}
