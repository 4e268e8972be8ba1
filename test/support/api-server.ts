/**
 * An API server that lists and watches, on 127.0.0.1, for tests of whoever does that: real HTTP, and every way in which it goes wrong.
 *
 * Speaks as kube-apiserver does: lists over watches (sendInitialEvents), pages, watches from a version, bookmarks, 410 as an event of
 * a watch that was answered with 200. What a test wants otherwise it scripts for single requests.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import type { ClusterAccess } from '../../src/kubernetes/api/client.ts';
import { basename, dirname } from 'node:path/posix';
import { answerToWrite, nameOf, NOT_FOUND, type ObjectAnswer } from './api-objects.ts';
import type { Json } from './objects.ts';

export interface Asked {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly method: string;
}

type Script = (response: ServerResponse, asked: Asked) => void;

interface Change {
  readonly type: string;
  readonly version: number;
  readonly object: Json;
}

interface Resource {
  readonly objects: Map<string, Json>;
  readonly changes: Change[];
  readonly watches: Set<ServerResponse>;
}

interface CleanUp {
  readonly after: (cleanUp: () => Promise<void>) => void;
}

export class ApiServer {
  /** In the order in which they came. */
  readonly asked: Asked[] = [];
  /** What was sent to be created, by whoever was not scripted otherwise. */
  readonly created: { readonly path: string; readonly object: Json }[] = [];
  /** Whether lists come over watches. */
  watchLists = true;
  /** Asked about each request for one object, before it is looked at and before it is answered: whether the connection is cut. */
  interfere: ((asked: Asked, when: 'before' | 'after') => Promise<'go' | 'cut'>) | undefined;
  readonly #server: Server;
  readonly #resources = new Map<string, Resource>();
  readonly #scripts: Script[] = [];
  readonly #scriptsFor = new Map<string, Script[]>();
  readonly #listeners = new Set<() => void>();
  #address: AddressInfo = { address: '', family: '', port: 0 };
  #connections = 0;
  #version = 10;
  #oldest = 0;

  private constructor() {
    this.#server = createServer((request, response) => this.#answer(request, response));
    this.#server.on('connection', (socket) => {
      this.#connections += 1;
      socket.once('close', () => {
        this.#connections -= 1;
        this.#happened();
      });
    });
  }

  static async start(t: CleanUp): Promise<ApiServer> {
    const server = new ApiServer();
    server.#server.listen(0, '127.0.0.1');
    await once(server.#server, 'listening');
    server.#address = server.#server.address() as AddressInfo;
    t.after(async () => {
      server.#server.closeAllConnections();
      if (server.#server.listening) await new Promise((resolve) => server.#server.close(resolve));
    });
    return server;
  }

  get access(): ClusterAccess {
    const { port } = this.#address;
    return {
      server: new URL(`http://127.0.0.1:${port}`),
      proxied: false,
      credentials: () => Promise.resolve({ headers: { Authorization: 'Bearer of-the-test' } }),
    };
  }

  get connections(): number {
    return this.#connections;
  }

  /** From now on there is such a resource. */
  serve(...paths: readonly string[]): this {
    for (const path of paths) {
      this.#resources.set(path, { objects: new Map(), changes: [], watches: new Set() });
    }
    return this;
  }

  unserve(path: string): void {
    for (const watch of this.#resources.get(path)?.watches ?? []) watch.end();
    this.#resources.delete(path);
  }

  put(path: string, object: Json): void {
    const { objects } = this.#resource(path);
    const name = keyOf(object);
    this.#change(path, objects.has(name) ? 'MODIFIED' : 'ADDED', object, (stored) => objects.set(name, stored));
  }

  /** As it is stored. */
  stored(path: string, name: string): Json | undefined {
    return [...this.#resource(path).objects.values()].find((object) => nameOf(object) === name);
  }

  delete(path: string, object: Json): void {
    const { objects } = this.#resource(path);
    this.#change(path, 'DELETED', object, () => objects.delete(keyOf(object)));
  }

  /** Nobody who watches is told: as if the connection had been lost before. */
  unheard(path: string, act: () => void): void {
    const { watches } = this.#resource(path);
    const cut = [...watches];
    watches.clear();
    act();
    for (const watch of cut) watch.destroy();
  }

  bookmark(path: string): void {
    this.#version += 1;
    this.say(path, line('BOOKMARK', { metadata: { resourceVersion: String(this.#version) } }));
  }

  /** What is older than now. */
  forget(): void {
    this.#oldest = this.#version;
  }

  /** These bytes, to everybody who watches. */
  say(path: string, bytes: string | Uint8Array): void {
    for (const watch of this.#resource(path).watches) watch.write(bytes);
  }

  endWatches(path: string): void {
    for (const watch of this.#resource(path).watches) watch.end();
  }

  /** Without a word to whoever is connected. */
  cut(): void {
    this.#server.closeAllConnections();
  }

  /** Each for one request, before anything else is answered. */
  script(...scripts: readonly Script[]): this {
    this.#scripts.push(...scripts);
    return this;
  }

  /** The same, for requests for one path. */
  scriptFor(path: string, ...scripts: readonly Script[]): this {
    this.#scriptsFor.set(path, [...scripts]);
    return this;
  }

  /** Nobody listens there any more. */
  close(): void {
    this.#server.close();
  }

  /** Watches that are open. */
  watching(path: string): number {
    return this.#resource(path).watches.size;
  }

  /** Until so many requests have come. */
  async askedFor(count: number): Promise<void> {
    await this.until(() => this.asked.length >= count);
  }

  async until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      const { promise, resolve } = Promise.withResolvers<undefined>();
      const listener = (): void => resolve(undefined);
      this.#listeners.add(listener);
      await promise;
      this.#listeners.delete(listener);
    }
  }

  #happened(): void {
    for (const listener of this.#listeners) listener();
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '', 'http://api');
    const { method = '', headers } = request;
    const asked = { path: url.pathname, query: url.searchParams, headers, method };
    this.asked.push(asked);
    const script = this.#scriptsFor.get(asked.path)?.shift() ?? this.#scripts.shift();
    if (script !== undefined) script(response, asked);
    else if (method !== 'GET' || this.#isOfObject(asked.path)) void this.#answerObject(request, response, asked);
    else this.#answerAsItIs(response, asked);
    this.#happened();
  }

  #isOfObject(path: string): boolean {
    return !this.#resources.has(path) && this.#resources.has(dirname(path));
  }

  async #answerObject(request: IncomingMessage, response: ServerResponse, asked: Asked): Promise<void> {
    const text = Buffer.concat(await request.toArray()).toString('utf8');
    const object = text === '' ? {} : (JSON.parse(text) as Json);
    if ((await this.interfere?.(asked, 'before')) === 'cut') response.destroy();
    else {
      const { code, body } = this.#exchange(asked, object);
      if ((await this.interfere?.(asked, 'after')) === 'cut') response.destroy();
      else answerJson(response, code, body);
    }
    this.#happened();
  }

  #exchange({ method, path }: Asked, object: Json): ObjectAnswer {
    if (method === 'POST') this.created.push({ path, object });
    const resource = this.#resources.get(method === 'POST' ? path : dirname(path));
    if (resource === undefined) return method === 'POST' ? { code: 201, body: object } : NOT_FOUND;
    const name = method === 'POST' ? nameOf(object) : basename(path);
    const stands = [...resource.objects.values()].find((one) => nameOf(one) === name);
    const answer = answerToWrite(method, stands, object);
    if (answer.code >= 300 || method === 'GET') return answer;
    this.put(method === 'POST' ? path : dirname(path), answer.body);
    return { ...answer, body: [...resource.objects.values()].find((one) => nameOf(one) === name) ?? {} };
  }

  #answerAsItIs(response: ServerResponse, { path, query }: Asked): void {
    const resource = this.#resources.get(path);
    if (resource === undefined) response.writeHead(404).end('404 page not found');
    else if (query.get('watch') !== 'true') this.#list(response, resource, query);
    else if (query.get('sendInitialEvents') !== 'true')
      this.#watch(response, resource, Number(query.get('resourceVersion')));
    else if (this.watchLists) this.#watchList(response, resource);
    else
      answerStatus(
        response,
        422,
        'sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled',
      );
  }

  #list(response: ServerResponse, { objects }: Resource, query: URLSearchParams): void {
    const start = Number(query.get('continue') ?? 0);
    const end = start + Number(query.get('limit'));
    const rest = end < objects.size ? { continue: String(end) } : {};
    const items = [...objects.values()].slice(start, end);
    answerJson(response, 200, { kind: 'List', metadata: { resourceVersion: String(this.#version), ...rest }, items });
  }

  #watchList(response: ServerResponse, resource: Resource): void {
    response.writeHead(200, { 'Content-Type': 'application/json' });
    for (const object of resource.objects.values()) response.write(line('ADDED', object));
    const annotations = { 'k8s.io/initial-events-end': 'true' };
    response.write(line('BOOKMARK', { metadata: { resourceVersion: String(this.#version), annotations } }));
    this.#listen(response, resource);
  }

  #watch(response: ServerResponse, resource: Resource, from: number): void {
    response.writeHead(200, { 'Content-Type': 'application/json' }).flushHeaders();
    if (from < this.#oldest) {
      response.end(
        line('ERROR', { kind: 'Status', code: 410, reason: 'Expired', message: 'too old resource version' }),
      );
      return;
    }
    for (const { type, version, object } of resource.changes) if (version > from) response.write(line(type, object));
    this.#listen(response, resource);
  }

  #listen(response: ServerResponse, { watches }: Resource): void {
    watches.add(response);
    response.once('close', () => {
      watches.delete(response);
      this.#happened();
    });
  }

  #change(path: string, type: string, object: Json, apply: (stored: Json) => unknown): void {
    this.#version += 1;
    const stored = withVersion(object, this.#version);
    apply(stored);
    this.#resource(path).changes.push({ type, version: this.#version, object: stored });
    this.say(path, line(type, stored));
  }

  #resource(path: string): Resource {
    const resource = this.#resources.get(path);
    if (resource === undefined) throw new Error(`${path} is not served`);
    return resource;
  }
}

/** A line of a watch. */
export function line(type: string, object: Json): string {
  return `${JSON.stringify({ type, object })}\n`;
}

export function answerStatus(response: ServerResponse, code: number, message: string, headers = {}): void {
  answerJson(response, code, { kind: 'Status', status: 'Failure', code, message }, headers);
}

export function answerJson(response: ServerResponse, code: number, body: Json, headers = {}): void {
  response.writeHead(code, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(body));
}

function keyOf(object: Json): string {
  const { namespace = '', name = '' } = object['metadata'] as { namespace?: string; name?: string };
  return `${namespace}/${name}`;
}

function withVersion(object: Json, version: number): Json {
  return { ...object, metadata: { ...(object['metadata'] as Json), resourceVersion: String(version) } };
}
