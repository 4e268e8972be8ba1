/**
 * A webhook on 127.0.0.1 with a certificate of its own, for one test or one test file.
 */
import type { AddressInfo } from 'node:net';
import { Agent } from 'node:https';
import type { LogLevel } from '../../src/log.ts';
import type { Answer } from '../../src/kubernetes/admission-review.ts';
import type { Judge } from '../../src/server/judging/judge-in-time.ts';
import { createMetrics } from '../../src/server/metrics.ts';
import type { Metrics } from '../../src/server/metrics.ts';
import { openTlsSource } from '../../src/server/tls/tls-source.ts';
import type { TlsSource } from '../../src/server/tls/tls-source.ts';
import { startWebhookServer } from '../../src/server/webhook-server.ts';
import type { WebhookOptions, WebhookServer } from '../../src/server/webhook-server.ts';
import { certificatesIn, temporaryFolder } from './http-certificates.ts';
import { readableLog } from './http-log.ts';
import type { ReadableLog } from './http-log.ts';

/** What a client needs in order to reach a server. */
export interface Target {
  readonly address: AddressInfo;
  readonly ca: string;
  readonly agent: Agent;
}

export interface TestWebhook extends Target {
  readonly server: WebhookServer;
  readonly tls: TlsSource;
  readonly folder: string;
  readonly metrics: Metrics;
  readonly log: ReadableLog;
}

interface CleanUp {
  readonly after: (cleanUp: () => Promise<void>) => void;
}

export const ALLOW: Answer = { allowed: true, warnings: [], auditAnnotations: {} };
export const allowEverything: Judge = () => Promise.resolve(ALLOW);

/** The event loop of a busy machine may lag: overload by lag is tested on its own. */
const PATIENT = { maxLagMs: Infinity };

const NO_PROCESS = { process: false };

type TestWebhookOptions = Partial<Pick<WebhookOptions, 'judge' | 'limits' | 'clock' | 'clientNames' | 'metrics'>> & {
  /** Asks for client certificates of the folder's own authority. */
  readonly clientCa?: boolean;
  readonly logLevel?: LogLevel;
};

export async function startWebhook(t: CleanUp, options: TestWebhookOptions = {}): Promise<TestWebhook> {
  const {
    limits,
    clientCa = false,
    logLevel,
    judge = allowEverything,
    metrics = createMetrics(NO_PROCESS),
    ...rest
  } = options;
  const folder = await temporaryFolder(t);
  const { files, ca, caFile } = await certificatesIn(folder);
  const log = readableLog(logLevel);
  const source = { files: { ...files, ...(clientCa && { clientCaFile: caFile }) }, log: log.log, metrics };
  const opened = await openTlsSource(source);
  if (!opened.ok) throw new Error(opened.error.reason);
  const tls = opened.value;
  const server = await startWebhookServer({
    listen: { host: '127.0.0.1', port: 0 },
    tls,
    judge,
    limits: { ...PATIENT, ...limits },
    log: log.log,
    metrics,
    ...rest,
  });
  const agent = new Agent({ keepAlive: true, ca });
  t.after(async () => {
    agent.destroy();
    tls.close();
    await server.close();
  });
  return { server, tls, folder, metrics, log, address: server.address, ca, agent };
}
