/**
 * Requests to the real API server as somebody, answered with status and JSON: for what kubectl has no verb for.
 */
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import type { User } from './users.ts';

export type Json = Readonly<Record<string, unknown>>;

export interface ApiAnswer {
  readonly status: number;
  readonly body: Json;
  /** Of a Status. */
  readonly message: string;
}

export type PatchType = 'merge' | 'json' | 'strategic' | 'apply';

const TYPES: Readonly<Record<PatchType, string>> = {
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
};

export class Api {
  readonly #server: URL;
  readonly #user: User;
  readonly #agent: Agent;

  constructor({ server, caFile }: { readonly server: string; readonly caFile: string }, user: User) {
    this.#server = new URL(server);
    this.#user = user;
    this.#agent = new Agent({ ca: readFileSync(caFile), keepAlive: true, maxSockets: 16 });
  }

  get(path: string): Promise<ApiAnswer> {
    return this.#send('GET', path);
  }

  post(path: string, body: Json): Promise<ApiAnswer> {
    return this.#send('POST', path, { body, type: 'application/json' });
  }

  put(path: string, body: Json): Promise<ApiAnswer> {
    return this.#send('PUT', path, { body, type: 'application/json' });
  }

  patch(path: string, type: PatchType, body: Json | readonly Json[]): Promise<ApiAnswer> {
    const query = type === 'apply' ? '?fieldManager=e2e&force=true' : '';
    return this.#send('PATCH', `${path}${query}`, { body, type: TYPES[type] });
  }

  delete(path: string): Promise<ApiAnswer> {
    return this.#send('DELETE', `${path}?gracePeriodSeconds=0`);
  }

  close(): void {
    this.#agent.destroy();
  }

  #send(method: string, path: string, sent?: { readonly body: unknown; readonly type: string }): Promise<ApiAnswer> {
    return new Promise((resolve, reject) => {
      const headers = {
        Authorization: `Bearer ${this.#user.token}`,
        ...(sent === undefined ? {} : { 'Content-Type': sent.type }),
      };
      const outgoing = request(new URL(path, this.#server), { method, headers, agent: this.#agent }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => resolve(answerOf(response.statusCode ?? 0, Buffer.concat(chunks).toString('utf8'))));
        response.on('error', reject);
      });
      outgoing.on('error', reject).end(sent === undefined ? undefined : JSON.stringify(sent.body));
    });
  }
}

function answerOf(status: number, text: string): ApiAnswer {
  const body = text.startsWith('{') ? (JSON.parse(text) as Json) : {};
  return { status, body, message: typeof body['message'] === 'string' ? body['message'] : text.slice(0, 200) };
}
