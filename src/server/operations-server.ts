/**
 * The operations port: health and metrics over plain HTTP, for the kubelet and Prometheus, which present no certificates.
 *
 * `/livez` says that the event loop turns, and nothing more: a dependency that is down is no reason to be restarted.
 * `/readyz` asks the named checks; its text is laid out as the API server's own. `/metrics` is the Prometheus text format,
 * at most a second old. What changes something is below `/debug/`, and for clients on this machine alone.
 */
import express from 'express';
import type { Express, Request, Response } from 'express';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { performance } from 'node:perf_hooks';
import type { Logger } from '../log.ts';
import type { Clock } from '../cluster/clock.ts';
import { appListener } from './http/app-listener.ts';
import { ConnectionPlaces } from './http/connection-places.ts';
import { FaultLog } from './fault-log.ts';
import { listen } from './http/listen.ts';
import { isFromThisMachine } from './http/loopback.ts';
import type { ListenAddress } from './http/listen.ts';
import type { Metrics } from './metrics.ts';
import { prototypeSafeClasses } from './http/prototype-safe.ts';
import { sharedExposition } from './shared-exposition.ts';
import { sendStatus } from './http/status-response.ts';

/** Returns why it is not ready, or undefined where it is. */
export type ReadinessCheck = () => string | undefined;

export interface OperationsOptions {
  readonly listen: ListenAddress;
  /** By name, in the order in which they are shown. */
  readonly readiness: ReadonlyMap<string, ReadinessCheck>;
  /** What `/readyz?verbose` says of a check that holds, by its name: `97 seconds old`. */
  readonly remarks?: ReadonlyMap<string, () => string>;
  /** What POST to a path below /debug/ does, for clients on this machine only; says what it did, in a line. */
  readonly actions?: ReadonlyMap<string, () => string>;
  readonly metrics: Pick<Metrics, 'exposition'>;
  readonly log: Logger;
}

export interface OperationsServer {
  readonly address: AddressInfo;
  readonly close: () => Promise<void>;
}

const REQUEST_TIMEOUT_MS = 10_000;
const MAX_CONNECTIONS = 256;

export async function startOperationsServer(options: OperationsOptions): Promise<OperationsServer> {
  const clock = (): number => performance.now();
  const app = operationsApp(options, clock);
  const faults = new FaultLog({ log: options.log, clock });
  const server = createServer(
    { ...prototypeSafeClasses(app), headersTimeout: REQUEST_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS },
    appListener(app, { missing: 'only /livez, /readyz and /metrics are served here', faults }),
  );
  new ConnectionPlaces({ server, limit: MAX_CONNECTIONS, onDisplaced: () => undefined });
  const address = await listen(server, options.listen);
  return {
    address,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

function operationsApp({ readiness, remarks, actions, metrics }: OperationsOptions, clock: Clock): Express {
  const exposition = sharedExposition(metrics, clock);
  const app = express();
  app.disable('x-powered-by').disable('etag').enable('strict routing').enable('case sensitive routing');
  app.get('/livez', (_request, response) => sendText(response, 200, 'ok'));
  app.get('/readyz', (request, response) =>
    answerReadiness(request, response, { readiness, remarks: remarks ?? new Map() }),
  );
  app.get('/metrics', async (_request, response) => {
    const { contentType, text } = await exposition();
    response.setHeader('Content-Type', contentType);
    response.end(text);
  });
  for (const [path, act] of actions ?? []) serveAction(app, path, act);
  app.all(['/livez', '/readyz', '/metrics'], (_request, response) =>
    sendStatus(response, 405, 'only GET is served here', { Allow: 'GET, HEAD' }),
  );
  return app;
}

function serveAction(app: Express, path: string, act: () => string): void {
  app.post(path, (request, response) => {
    if (isFromThisMachine(request)) sendText(response, 200, `${act()}\n`);
    else
      sendStatus(response, 403, 'this is served to clients on this machine only, and not to pages in their browsers');
  });
  app.all(path, (_request, response) => sendStatus(response, 405, 'only POST is served here', { Allow: 'POST' }));
}

type Readiness = Required<Pick<OperationsOptions, 'readiness' | 'remarks'>>;

function answerReadiness(request: Request, response: Response, { readiness: checks, remarks }: Readiness): void {
  const failures = new Map([...checks].map(([name, check]) => [name, reasonOf(check)]));
  const ready = [...failures.values()].every((reason) => reason === undefined);
  const lines = [...failures].map(([name, reason]) =>
    reason === undefined ? `[+]${name} ok${remarkOf(remarks.get(name))}` : `[-]${name} failed: ${reason}`,
  );
  const report = [...lines, ready ? 'readyz check passed' : 'readyz check failed', ''].join('\n');
  sendText(response, ready ? 200 : 503, ready && request.query['verbose'] === undefined ? 'ok' : report);
}

function remarkOf(remark: (() => string) | undefined): string {
  return remark === undefined ? '' : `: ${remark()}`;
}

function reasonOf(check: ReadinessCheck): string | undefined {
  try {
    return check();
  } catch (error) {
    return `the check itself failed: ${String(error)}`;
  }
}

function sendText(response: Response, code: number, text: string): void {
  response.writeHead(code, { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' }).end(text);
}
