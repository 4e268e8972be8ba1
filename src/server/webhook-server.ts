/**
 * The webhook port: HTTPS that answers POST /validate and nothing else.
 *
 * Wires the parts together and sets what Node leaves open: time limits for slow senders, keep-alive longer
 * than the API server's, and certificates that change without a connection being dropped.
 */
import express from 'express';
import type { Express } from 'express';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { performance } from 'node:perf_hooks';
import type { Logger } from '../log.ts';
import type { Clock } from '../cluster/clock.ts';
import { ActiveResponses } from './http/active-responses.ts';
import { admissionRoute } from './admission-route.ts';
import { BodyBudget } from './http/body-reader.ts';
import { isClientAccepted } from './tls/client-certificates.ts';
import { appListener } from './http/app-listener.ts';
import { answerConnectionError, reportHandshake } from './http/connection-errors.ts';
import { ConnectionPlaces } from './http/connection-places.ts';
import { Drain } from './http/drain.ts';
import { watchEventLoopLag } from './judging/event-loop-lag.ts';
import type { EventLoopLag } from './judging/event-loop-lag.ts';
import { FaultLog } from './fault-log.ts';
import { contextOptions, httpsOptions } from './http/https-options.ts';
import { InFlight } from './judging/in-flight.ts';
import type { Judge } from './judging/judge-in-time.ts';
import { listen } from './http/listen.ts';
import type { ListenAddress } from './http/listen.ts';
import type { Metrics } from './metrics.ts';
import { prototypeSafeClasses } from './http/prototype-safe.ts';
import { sendStatus } from './http/status-response.ts';
import type { TlsSource } from './tls/tls-source.ts';
import { DEFAULT_WEBHOOK_LIMITS } from './webhook-limits.ts';
import type { WebhookLimits } from './webhook-limits.ts';

export interface WebhookOptions {
  readonly listen: ListenAddress;
  readonly tls: TlsSource;
  readonly judge: Judge;
  /** Where something other than DEFAULT_WEBHOOK_LIMITS is wanted. */
  readonly limits?: Partial<WebhookLimits>;
  /** Common names of client certificates; absent or empty: every one that the client CA signed. */
  readonly clientNames?: readonly string[];
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly clock?: Clock;
}

export interface WebhookServer {
  readonly address: AddressInfo;
  /** For readiness: false from the first moment of a drain on. */
  readonly isServing: () => boolean;
  /** Stops without losing a request. */
  readonly drain: () => Promise<void>;
  /** Stops at once. */
  readonly close: () => Promise<void>;
}

export async function startWebhookServer(options: WebhookOptions): Promise<WebhookServer> {
  const limits = { ...DEFAULT_WEBHOOK_LIMITS, ...options.limits };
  const clock = options.clock ?? (() => performance.now());
  const faults = new FaultLog({ log: options.log, clock });
  const lag = watchEventLoopLag();
  const app = express();
  const server = createServer({ ...httpsOptions(options.tls, limits), ...prototypeSafeClasses(app) });
  // Also for an answer that nobody reads: its connection has been silent for so long.
  server.timeout = limits.keepAliveTimeoutMs;
  const places = connectionPlaces(server, { options, limits, faults });
  serveReviews(app, { options, limits, lag, clock, faults, places });
  const active = new ActiveResponses();
  const drain = new Drain({
    server,
    active,
    delayMs: limits.drainDelayMs,
    timeoutMs: limits.drainTimeoutMs,
    log: options.log,
  });
  server.on('request', requestListener({ app, active, drain, faults, options }));
  reportConnectionErrors(server, { ...options, faults });
  const stopFollowing = followCertificate(server, options);
  const stop = (): void => {
    stopFollowing();
    lag.stop();
  };
  try {
    const address = await listen(server, options.listen);
    return {
      address,
      isServing: () => drain.phase() === 'serving',
      drain: () => drain.drain().finally(stop),
      close: () => drain.closeNow().finally(stop),
    };
  } catch (error) {
    stop();
    throw error;
  }
}

/** Open connections go on with the certificate that they started with. */
function followCertificate(server: Server, { tls, log }: WebhookOptions): () => void {
  return tls.onChange((pair) => {
    try {
      server.setSecureContext(contextOptions(pair));
    } catch (error) {
      log.error('the former certificate stays: the new one is refused', { error });
    }
  });
}

interface AppParts {
  readonly options: WebhookOptions;
  readonly limits: WebhookLimits;
  readonly lag: EventLoopLag;
  readonly clock: Clock;
  readonly faults: FaultLog;
  readonly places: ConnectionPlaces;
}

function connectionPlaces(
  server: Server,
  { options, limits, faults }: Pick<AppParts, 'options' | 'limits' | 'faults'>,
): ConnectionPlaces {
  const { maxConnections: limit } = limits;
  const message = `${limit} connections are open, as many as may be: the one that waited longest is closed for a new one`;
  const onDisplaced = (): void => {
    options.metrics.connectionDisplaced();
    faults.warn('connections', message, {});
  };
  return new ConnectionPlaces({ server, limit, onDisplaced });
}

function serveReviews(app: Express, { options, limits, lag, clock, faults, places }: AppParts): void {
  const { judge, metrics } = options;
  const handle = admissionRoute({
    judge,
    bodies: { limitBytes: limits.bodyBytes, budget: new BodyBudget(limits.bodyBudgetBytes) },
    inFlight: new InFlight({
      cap: limits.inFlight,
      maxLagMs: limits.maxLagMs,
      lag,
      onChange: (count) => metrics.inflightReviews(count),
    }),
    places,
    faults,
    metrics,
    clock,
  });
  app.disable('x-powered-by').disable('etag').set('query parser', false);
  app.enable('strict routing').enable('case sensitive routing');
  app.post('/validate', handle);
  app.all('/validate', (_request, response) => sendStatus(response, 405, 'only POST is answered', { Allow: 'POST' }));
}

interface ListenerParts {
  readonly app: Express;
  readonly active: ActiveResponses;
  readonly drain: Drain;
  readonly faults: FaultLog;
  readonly options: WebhookOptions;
}

/** What goes before every route. */
function requestListener({ app, active, drain, faults, options }: ListenerParts) {
  const { metrics } = options;
  const serve = appListener(app, { missing: 'only /validate is served here', faults });
  const clientNames = new Set(options.clientNames);
  return (request: IncomingMessage, response: ServerResponse): void => {
    active.add(response);
    response.once('close', () => {
      if (response.headersSent && response.statusCode >= 400) metrics.httpError(response.statusCode);
    });
    if (drain.phase() === 'refusing') {
      sendStatus(response, 503, 'shutting down', { 'Retry-After': '1' });
      return;
    }
    if (!isClientAccepted(request, clientNames)) {
      sendStatus(response, 403, 'the client certificate has none of the accepted names');
      return;
    }
    serve(request, response);
  };
}

/** Node reports failed TLS handshakes as client errors, too; by then the connection is closed and has no address. */
function reportConnectionErrors(
  server: Server,
  { log, metrics, faults }: WebhookOptions & { readonly faults: FaultLog },
): void {
  server.prependListener('tlsClientError', (error, { remoteAddress }) =>
    reportHandshake(error, remoteAddress, { metrics, faults }),
  );
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const code = answerConnectionError(error, socket);
    if (code !== undefined) metrics.httpError(code);
    log.debug('a connection failed', { error: error.code ?? error.message, answered: code });
  });
}
