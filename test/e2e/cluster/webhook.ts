/**
 * The webhook from source, as a process of its own: `serve` on a live cluster, as the account that deploy/ makes for it.
 */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually, freePort, type Processes, type Running } from './processes.ts';

const ROOT = join(import.meta.dirname, '../../..');
const CLI = join(ROOT, 'src/cli/bin.ts');

const EXPOSITION_MS = 1_100;

export interface WebhookOptions {
  readonly kubeconfig: string;
  readonly config: string;
  readonly more?: readonly string[];
}

export class Webhook {
  readonly port: number;
  readonly #operations: string;
  readonly process: Running;

  private constructor(process: Running, ports: readonly [number, number]) {
    this.process = process;
    [this.port] = ports;
    this.#operations = `http://127.0.0.1:${ports[1]}`;
  }

  /** Comes back when it listens. `port`: where another one listened before. */
  static async start(processes: Processes, options: WebhookOptions, port?: number): Promise<Webhook> {
    const ports = [port ?? (await freePort()), await freePort()] as const;
    const args = [
      ...[CLI, 'serve', '--kubeconfig', options.kubeconfig],
      ...['--listen', `127.0.0.1:${ports[0]}`, '--ops-listen', `127.0.0.1:${ports[1]}`],
      ...['--config', options.config, '--shutdown-delay', '0', '--log-level', 'debug'],
      ...['--off-switch', 'cilium-bulkhead/cilium-bulkhead-config', '--owner-events'],
      ...['--lease', 'cilium-bulkhead/cilium-bulkhead', '--webhook-configuration', 'cilium-bulkhead'],
      ...['--certificates-secret', 'cilium-bulkhead/cilium-bulkhead-certificates', ...(options.more ?? [])],
    ];
    const running = processes.start('webhook', process.execPath, args);
    const webhook = new Webhook(running, ports);
    await eventually('the webhook listens', () => {
      if (!running.isRunning) throw new Error(`the webhook has ended:\n${running.tail}`);
      return running.text.includes('operations http://');
    });
    return webhook;
  }

  async readiness(): Promise<{ readonly isReady: boolean; readonly text: string }> {
    const response = await fetch(`${this.#operations}/readyz?verbose`);
    return { isReady: response.status === 200, text: await response.text() };
  }

  async ready(limitMs = 30_000): Promise<void> {
    let text = '';
    await eventually(
      'the webhook is ready',
      async () => {
        const readiness = await this.readiness();
        ({ text } = readiness);
        return readiness.isReady;
      },
      limitMs,
    ).catch((error: unknown) => {
      throw new Error(text, { cause: error });
    });
  }

  /** The sum of a metric's samples with these labels; absent: undefined. */
  async sample(name: string, labels: Readonly<Record<string, string>> = {}): Promise<number | undefined> {
    const text = await (await fetch(`${this.#operations}/metrics`)).text();
    const wanted = Object.entries(labels).map(([key, value]) => `${key}="${value}"`);
    const lines = text.split('\n').filter((line) => /^[a-z_]+/.exec(line)?.[0] === `cilium_bulkhead_${name}`);
    const samples = lines.filter((line) => wanted.every((label) => line.includes(label)));
    return samples.length === 0 ? undefined : samples.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
  }

  /** Reviews that it has answered by now: /metrics is made anew once a second. */
  async reviews(): Promise<number> {
    await sleep(EXPOSITION_MS);
    return (await this.sample('admission_reviews_total')) ?? 0;
  }

  /** Of a kind, in the model. */
  async objects(kind: string): Promise<number> {
    return (await this.sample('model_objects', { kind })) ?? 0;
  }

  /** Lines of the log that say this. */
  logged(text: string): readonly string[] {
    return this.process.text.split('\n').filter((line) => line.includes(text));
  }
}
