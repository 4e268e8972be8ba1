/**
 * Processes that a run starts, and that it stops again, whatever happens: by their ids, the last one first.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const STOP_MS = 15_000;
const TAIL_LINES = 15;
const TAIL_WIDTH = 300;

export class Running {
  readonly name: string;
  readonly log: string;
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;

  constructor(name: string, log: string, child: ChildProcess) {
    this.name = name;
    this.log = log;
    this.#child = child;
    this.#ended = once(child, 'close');
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** All that it has written. */
  get text(): string {
    return readFileSync(this.log, 'utf8');
  }

  get tail(): string {
    const lines = this.text.trimEnd().split('\n').slice(-TAIL_LINES);
    return lines.map((line) => line.slice(0, TAIL_WIDTH)).join('\n');
  }

  /** Without a word to it. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended;
  }

  async stop(): Promise<void> {
    if (!this.isRunning) return;
    this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), STOP_MS);
    await this.#ended;
    clearTimeout(timer);
  }
}

export class Processes {
  readonly #folder: string;
  readonly #running: Running[] = [];
  #serial = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  start(name: string, file: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): Running {
    this.#serial += 1;
    const log = join(this.#folder, `${String(this.#serial).padStart(2, '0')}-${name}.log`);
    const out = openSync(log, 'a');
    const child = spawn(file, args, { env, cwd: this.#folder, stdio: ['ignore', out, out] });
    closeSync(out);
    const running = new Running(name, log, child);
    this.#running.push(running);
    return running;
  }

  get running(): readonly Running[] {
    return this.#running;
  }

  async stopAll(): Promise<void> {
    for (const running of this.#running.splice(0).reverse()) await running.stop();
  }
}

/** Until it holds; says what did not where the time is up. */
export async function eventually(
  what: string,
  holds: () => boolean | Promise<boolean>,
  limitMs = 30_000,
): Promise<void> {
  const end = performance.now() + limitMs;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`${what}: not within ${limitMs / 1000} s`);
    await sleep(50);
  }
}

/** That nobody listens at now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
