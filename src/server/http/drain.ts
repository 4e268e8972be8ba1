/**
 * How a webhook stops without an admission request being lost.
 *
 * API servers go on using a connection, and find out late that an endpoint is gone; a request on a connection that is cut
 * is not retried. So draining starts with readiness off and `Connection: close` on every answer while everything is still
 * served; only when clients had the time to go elsewhere are new requests refused and connections closed.
 */
import type { Server, Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '../../log.ts';
import type { ActiveResponses } from './active-responses.ts';

const FLUSH_MS = 500;

/** `refusing`: new requests are to be answered with 503 and Retry-After. */
export type DrainPhase = 'serving' | 'draining' | 'refusing';

export interface DrainOptions {
  readonly server: Server;
  readonly active: ActiveResponses;
  /** For how long everything is still served. */
  readonly delayMs: number;
  /** For how long, after that, requests in flight are waited for. */
  readonly timeoutMs: number;
  readonly log: Pick<Logger, 'info' | 'warn'>;
}

export class Drain {
  readonly #options: DrainOptions;
  /** Below TLS: the HTTP server does not know those whose handshake is under way. */
  readonly #sockets = new Set<Socket>();
  readonly #hurry = new AbortController();
  #phase: DrainPhase = 'serving';
  #drained: Promise<void> | undefined;
  #closed: Promise<void> | undefined;

  constructor(options: DrainOptions) {
    this.#options = options;
    options.server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  phase(): DrainPhase {
    return this.#phase;
  }

  /** Resolves when every connection is closed. Further calls share the first one's outcome. */
  drain(): Promise<void> {
    this.#drained ??= this.#run();
    return this.#drained;
  }

  /** Closes every connection now, whatever is on it; a drain under way ends with it. */
  closeNow(): Promise<void> {
    this.#phase = 'refusing';
    this.#hurry.abort();
    const closed = this.#stopListening();
    for (const socket of this.#sockets) socket.destroy();
    return closed;
  }

  async #run(): Promise<void> {
    const { active, delayMs, timeoutMs, log } = this.#options;
    this.#phase = 'draining';
    active.closeEachAfterItsAnswer();
    log.info('draining: not ready any more, but every request is still answered', { delayMs });
    await this.#pause(delayMs);
    this.#phase = 'refusing';
    const closed = this.#stopListening();
    log.info('draining: new requests are refused, those in flight are waited for', {
      inFlight: active.count,
      timeoutMs,
    });
    await Promise.race([active.idle(), this.#pause(timeoutMs)]);
    if (active.count === 0) log.info('drained: no request is in flight any more');
    else log.warn('drained: requests that are still in flight are cut off', { inFlight: active.count });
    // Answers may still be on their way through a socket that closes itself behind them.
    await Promise.race([closed, this.#pause(FLUSH_MS)]);
    await this.closeNow();
  }

  #pause(ms: number): Promise<void> {
    return delay(ms, undefined, { signal: this.#hurry.signal }).catch(() => undefined);
  }

  /** Also closes the connections that are idle after a request; those that never sent one stay open. */
  #stopListening(): Promise<void> {
    this.#closed ??= new Promise((resolve) => this.#options.server.close(() => resolve()));
    return this.#closed;
  }
}
