/**
 * Replicas that share their certificates in a Secret of an API server, in a time of their own. It may go on for 55 minutes: TLS
 * clients live in the real time, and certificates are made an hour old.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { connectTo } from '../../src/kubernetes/api/api-connection.ts';
import { isObject } from '../../src/kubernetes/decode/node.ts';
import { createMetrics, type Metrics } from '../../src/server/metrics.ts';
import type { Lifetimes } from '../../src/server/tls/secret/rotation.ts';
import { openSharedCertificate } from '../../src/server/tls/secret/shared-certificate.ts';
import type { TlsSource } from '../../src/server/tls/tls-source.ts';
import { ApiServer } from './api-server.ts';
import { readableLog, type ReadableLog } from './http-log.ts';
import type { Json } from './objects.ts';

export const SECRETS = '/api/v1/namespaces/ours/secrets';
export const SECRET = { namespace: 'ours', name: 'pair' };
export const REGISTRATIONS = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations';
export const REGISTRATION = 'hooks';
export const MINUTE_MS = 60_000;
export const LIFETIMES: Lifetimes = { authorityMs: 30 * MINUTE_MS, servingMs: 9 * MINUTE_MS, overlapMs: MINUTE_MS };

interface CleanUp {
  readonly after: (cleanUp: () => Promise<void>) => void;
}

export interface Replica {
  readonly source: TlsSource;
  readonly log: ReadableLog;
  readonly metrics: Metrics;
}

export class SharedCertificates {
  readonly server: ApiServer;
  /** Which replica leads; none: -1. */
  leader = 0;
  nowMs = 0;
  readonly replicas: Replica[] = [];
  readonly #t: CleanUp;
  readonly #startMs = Date.now();

  private constructor(t: CleanUp, server: ApiServer) {
    this.#t = t;
    this.server = server;
  }

  static async start(t: CleanUp): Promise<SharedCertificates> {
    const server = (await ApiServer.start(t)).serve(SECRETS, REGISTRATIONS);
    return new SharedCertificates(t, server);
  }

  /** Registered are two webhooks. */
  register(caBundle?: string): void {
    const clientConfig = { service: { name: 'x' }, ...(caBundle === undefined ? {} : { caBundle }) };
    const webhooks = ['a.example.com', 'b.example.com'].map((name) => ({ name, clientConfig, timeoutSeconds: 3 }));
    this.server.put(REGISTRATIONS, { metadata: { name: REGISTRATION }, webhooks });
  }

  replica(names: readonly string[] = ['localhost']): Replica {
    const index = this.replicas.length;
    const connection = connectTo(this.server.access);
    const log = readableLog();
    const metrics = createMetrics({ process: false });
    const { source, close } = openSharedCertificate({
      connection,
      secret: SECRET,
      registration: REGISTRATION,
      names,
      lifetimes: LIFETIMES,
      leads: () => this.leader === index,
      clock: () => this.nowMs,
      now: () => new Date(this.#startMs + this.nowMs),
      log: log.log,
      metrics,
      timing: { wait: () => Promise.resolve() },
    });
    this.#t.after(async () => {
      await close();
      connection.close();
    });
    this.replicas.push({ source, log, metrics });
    return { source, log, metrics };
  }

  get secret(): Json | undefined {
    return this.server.stored(SECRETS, SECRET.name);
  }

  /** Of a key of the Secret. */
  text(key: string): string | undefined {
    const data = this.secret?.['data'];
    const value = isObject(data) ? data[key] : undefined;
    return typeof value === 'string' ? Buffer.from(value, 'base64').toString('latin1') : undefined;
  }

  putSecret(data: Readonly<Record<string, string>>): void {
    const encoded = Object.entries(data).map(([key, text]) => [key, Buffer.from(text).toString('base64')]);
    this.server.put(SECRETS, { metadata: SECRET, data: Object.fromEntries(encoded) as Json });
  }

  /** Of each webhook that is registered, in PEM. */
  get trusted(): readonly (string | undefined)[] {
    const webhooks = this.server.stored(REGISTRATIONS, REGISTRATION)?.['webhooks'];
    if (!Array.isArray(webhooks)) return [];
    return webhooks.map((webhook: { clientConfig: { caBundle?: string } }) => {
      const { caBundle } = webhook.clientConfig;
      return caBundle === undefined ? undefined : Buffer.from(caBundle, 'base64').toString('latin1');
    });
  }

  /** Until nothing happens any more of what can happen now. */
  async settle(): Promise<void> {
    for (let quiet = 0, before = ''; quiet < 3;) {
      for (const { source } of this.replicas) await source.refresh();
      for (let turn = 0; turn < 10; turn += 1) await nextTurn();
      const stands = JSON.stringify([this.secret, this.server.stored(REGISTRATIONS, REGISTRATION)]);
      quiet = stands === before ? quiet + 1 : 0;
      before = stands;
    }
  }

  async pass(ms: number): Promise<void> {
    this.nowMs += ms;
    await this.settle();
  }
}
