/**
 * One address in front of several replicas, as a Service is: a connection goes to one of those that were ready when last asked.
 *
 * Like a Service it moves bytes, tries no second replica where the first refuses, and leaves open what is open: whoever dies between
 * two looks is still chosen. `broken` counts what that costs: connections that were refused or cut by a replica that died.
 */
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Webhook } from '../cluster/webhook.ts';

const LOOK_MS = 250;

export class Balancer {
  readonly #server: Server;
  readonly #open = new Set<Socket>();
  readonly #closed = new AbortController();
  #replicas: readonly Webhook[] = [];
  #ready: readonly Webhook[] = [];
  readonly #carried = new Map<Webhook, Set<Socket>>();
  #turn = 0;
  /** Connections that a replica refused or reset. */
  broken = 0;

  private constructor() {
    this.#server = createServer((socket) => this.#pass(socket));
  }

  static async listen(port: number): Promise<Balancer> {
    const balancer = new Balancer();
    balancer.#server.listen(port, '127.0.0.1');
    await once(balancer.#server, 'listening');
    void balancer.#look();
    return balancer;
  }

  /** These and no others, from the next look on. */
  goesTo(replicas: readonly Webhook[]): void {
    this.#replicas = replicas;
  }

  /** That has the most connections now. */
  get busiest(): Webhook | undefined {
    return this.#ready.toSorted((one, other) => this.carriedBy(other) - this.carriedBy(one))[0];
  }

  carriedBy(one: Webhook): number {
    return this.#carried.get(one)?.size ?? 0;
  }

  get ready(): readonly Webhook[] {
    return this.#ready;
  }

  async close(): Promise<void> {
    this.#closed.abort();
    for (const socket of this.#open) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #look(): Promise<void> {
    while (!this.#closed.signal.aborted) {
      const states = await Promise.all(this.#replicas.map((one) => isReady(one)));
      this.#ready = this.#replicas.filter((_, index) => states[index]);
      await sleep(LOOK_MS);
    }
  }

  #pass(client: Socket): void {
    this.#turn += 1;
    const chosen = this.#ready[this.#turn % Math.max(1, this.#ready.length)];
    if (chosen === undefined) {
      client.resetAndDestroy();
      return;
    }
    const replica = connect({ host: '127.0.0.1', port: chosen.port });
    const carried = this.#carried.get(chosen) ?? new Set();
    this.#carried.set(chosen, carried.add(replica));
    replica.once('close', () => carried.delete(replica));
    for (const [one, other] of [
      [client, replica],
      [replica, client],
    ] as const) {
      this.#open.add(one);
      one.once('close', () => {
        this.#open.delete(one);
        other.destroy();
      });
    }
    client.on('error', () => undefined);
    replica.on('error', () => {
      this.broken += 1;
      client.resetAndDestroy();
    });
    client.pipe(replica).pipe(client);
  }
}

async function isReady(webhook: Webhook): Promise<boolean> {
  return webhook.readiness().then(
    ({ isReady: ready }) => ready,
    () => false,
  );
}
