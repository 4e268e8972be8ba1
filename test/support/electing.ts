/**
 * Electors at one Lease of one server, in a time that goes on only when all of them wait: for their next turn, or for an answer.
 */
import { connectTo } from '../../src/kubernetes/api/api-connection.ts';
import { LeaseElector } from '../../src/kubernetes/lease/lease-elector.ts';
import type { ApiServer } from './api-server.ts';

export const LEASES = '/apis/coordination.k8s.io/v1/namespaces/ours/leases';
export const LEASE = { namespace: 'ours', name: 'lead' };

interface CleanUp {
  readonly after: (cleanUp: () => Promise<void>) => void;
}

interface Sleeper {
  /** It is an answer that is held back. */
  readonly isHeld: boolean;
  readonly untilMs: number;
  readonly wake: () => void;
}

/** All of it optional: without, nobody is held up and nothing is left to chance. */
export interface ElectingOptions {
  readonly random?: () => number;
  /** How long an elector waits that wants to wait for so long: longer where its process is held up. */
  readonly delayed?: (ms: number) => number;
}

export class Electing {
  nowMs = 0;
  readonly failures: string[] = [];
  /** `a leads`, `a does not lead`, in order. */
  readonly changes: string[] = [];
  readonly #server: ApiServer;
  readonly #options: ElectingOptions;
  readonly #electors = new Map<string, LeaseElector>();
  readonly #dead = new Set<string>();
  readonly #sleepers = new Set<Sleeper>();
  #quiet = Promise.withResolvers<undefined>();

  constructor(t: CleanUp, server: ApiServer, options: ElectingOptions = {}) {
    this.#server = server;
    this.#options = options;
    t.after(() => this.stopAll());
  }

  /** `aheadMs`: how far its clocks are. */
  start(name: string, aheadMs = 0): LeaseElector {
    const connection = connectTo(this.#server.access);
    const { random = () => 0, delayed = (ms: number) => ms } = this.#options;
    const elector = new LeaseElector({
      connection,
      lease: LEASE,
      identity: name,
      clock: () => this.nowMs + aheadMs,
      now: () => Date.UTC(2026, 0, 1) + this.nowMs + aheadMs,
      random,
      wait: (ms, signal) => this.sleep(this.#dead.has(name) ? Infinity : delayed(ms), signal),
      onChange: (leads) => void this.changes.push(`${name} ${leads ? 'leads' : 'does not lead'}`),
      onFailure: (reason) => void this.failures.push(`${name}: ${reason}`),
    });
    this.#electors.set(name, elector);
    return elector;
  }

  /** As with kill -9: it does nothing any more, and gives nothing up. */
  kill(name: string): void {
    this.#dead.add(name);
  }

  /** Who leads at this moment. */
  get leaders(): readonly string[] {
    return [...this.#electors].flatMap(([name, elector]) => (elector.leads() && !this.#dead.has(name) ? [name] : []));
  }

  /** Until this time of the test, or until the signal says so. */
  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) return;
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const sleeper = { isHeld: signal === undefined, untilMs: this.nowMs + ms, wake: () => resolve(undefined) };
    this.#sleepers.add(sleeper);
    signal?.addEventListener('abort', sleeper.wake, { once: true });
    this.#quiet.resolve(undefined);
    await promise;
    this.#sleepers.delete(sleeper);
  }

  /** On to the next moment at which anybody does something, and until all wait again; not beyond `endMs`. */
  async step(endMs = Infinity): Promise<void> {
    await this.#allWait();
    const [next] = [...this.#sleepers].sort((a, b) => a.untilMs - b.untilMs);
    const nextMs = next?.untilMs ?? Infinity;
    if (Math.min(nextMs, endMs) < Infinity) this.nowMs = Math.max(this.nowMs, Math.min(endMs, nextMs));
    if (next === undefined || nextMs > endMs || nextMs === Infinity) return;
    this.#sleepers.delete(next);
    next.wake();
    await this.#allWait();
  }

  /** So long, in steps; `each` is called after each of them. */
  async pass(ms: number, each: () => void = () => undefined): Promise<void> {
    for (const endMs = this.nowMs + ms; this.nowMs < endMs;) {
      await this.step(endMs);
      each();
    }
  }

  async #allWait(): Promise<void> {
    while (this.#sleepers.size < this.#electors.size) {
      await this.#quiet.promise;
      this.#quiet = Promise.withResolvers();
    }
  }

  /** No answer is held back meanwhile. */
  async stop(name: string): Promise<void> {
    const { interfere } = this.#server;
    this.#server.interfere = undefined;
    for (const { isHeld, wake } of this.#sleepers) if (isHeld) wake();
    const elector = this.#electors.get(name);
    this.#electors.delete(name);
    await elector?.stop();
    this.#server.interfere = interfere;
  }

  async stopAll(): Promise<void> {
    for (const name of [...this.#electors.keys()]) await this.stop(name);
  }
}
