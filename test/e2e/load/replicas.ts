/**
 * Three replicas behind one address, the one that the API server asks at: what a Deployment and its Service are.
 */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../cluster/processes.ts';
import type { Webhook } from '../cluster/webhook.ts';
import type { Cluster } from '../context.ts';
import { namespace } from '../objects.ts';
import { stored } from '../steps/expect.ts';
import { Balancer } from './balancer.ts';
import { Load, LOAD_NAMESPACE, type Tally } from './load.ts';

/** Of the chart it is 10 s, for load balancers that are slower than this one. */
const REPLICA = ['--shutdown-delay', '1'];
const SIZE = 3;
const CALM_MS = 1_000;

export interface Fault {
  readonly tally: Tally;
  readonly wholeS: number;
  /** Connections to a replica that died. */
  readonly broken: number;
}

export class Replicas {
  readonly #cluster: Cluster;
  readonly #balancer: Balancer;
  #all: readonly Webhook[] = [];
  /** Connections that a replica took with it. */
  #lost = 0;

  private constructor(cluster: Cluster, balancer: Balancer) {
    this.#cluster = cluster;
    this.#balancer = balancer;
  }

  /** In the place of the webhook of the cluster. */
  static async start(cluster: Cluster): Promise<Replicas> {
    stored(await cluster.api.post('/api/v1/namespaces', namespace(LOAD_NAMESPACE)));
    await cluster.webhook.process.stop();
    const replicas = new Replicas(cluster, await Balancer.listen(cluster.webhook.port));
    for (let count = 0; count < SIZE; count += 1) await replicas.add();
    await replicas.whole();
    return replicas;
  }

  get all(): readonly Webhook[] {
    return this.#all;
  }

  /** Whose death costs the most. */
  get busiest(): Webhook {
    return this.#balancer.busiest ?? assert.fail('no replica is ready');
  }

  async add(more: readonly string[] = []): Promise<Webhook> {
    const one = await this.#cluster.startReplica([...REPLICA, ...more]);
    this.#all = [...this.#all, one];
    this.#balancer.goesTo(this.#all);
    return one;
  }

  /** As the death of a pod: its successor begins at once. */
  async kill(one: Webhook): Promise<void> {
    this.#lost += this.#balancer.carriedBy(one);
    await one.process.kill();
    this.#left(one);
    await this.add();
  }

  /** As a rolling update does: the new one is ready before the old one goes. */
  async replace(one: Webhook, more: readonly string[] = []): Promise<void> {
    const next = await this.add(more);
    await this.isChosen(next);
    await one.process.stop();
    this.#left(one);
  }

  /** All are ready, and have connections. */
  async whole(): Promise<void> {
    await eventually('all replicas are ready', () => this.#balancer.ready.length === this.#all.length);
  }

  isChosen(one: Webhook): Promise<void> {
    return eventually('the replica is ready', () => this.#balancer.ready.includes(one));
  }

  /**
   * Load, a fault in it, and load until the model is whole again and somewhat longer: the figures, which are printed, too. No
   * verdict is wrong. `isWhole`: holds once everything is as it was.
   */
  async under(name: string, fault: () => Promise<void>, isWhole: () => Promise<void>): Promise<Fault> {
    const before = this.#broken;
    const load = new Load(name, () => this.#cluster.api);
    let wholeS = 0;
    try {
      await sleep(CALM_MS);
      const since = performance.now();
      await fault();
      await isWhole();
      wholeS = (performance.now() - since) / 1000;
      await sleep(CALM_MS);
    } finally {
      load.stop();
    }
    const tally = await load.end(() => this.#cluster.controlPlane.audit());
    const seen = { tally, wholeS, broken: this.#broken - before };
    console.log(row(name, seen));
    assert.ok(tally.requests - tally.unanswered > 0);
    assert.deepEqual(tally.wrong, []);
    return seen;
  }

  get #broken(): number {
    return this.#lost + this.#balancer.broken;
  }

  #left(one: Webhook): void {
    this.#all = this.#all.filter((other) => other !== one);
    this.#balancer.goesTo(this.#all);
  }

  /** One webhook again, where there was one. */
  async end(): Promise<void> {
    await this.#balancer.close();
    for (const one of this.#all) await one.process.stop();
    await (await this.#cluster.startWebhook()).ready();
  }
}

function row(name: string, { tally, wholeS, broken }: Fault): string {
  const { requests, unanswered, failed, wrong, recorded } = tally;
  const figures = { requests, unanswered, failed: failed.length, wrong: wrong.length, recorded };
  const words = Object.entries(figures).map(([figure, count]) => `${figure} ${count}`);
  return `  ${name}: ${words.join(', ')}, connections cut ${broken}, whole after ${wholeS.toFixed(1)} s`;
}
