/**
 * A server of our own for the time of the demo: `serve --demo` as a child process, on ports that the system chooses.
 *
 * It makes its authority and its certificate in a temporary folder.
 * Invariant: child and folder are gone when `stop` has resolved.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const ROOT = join(import.meta.dirname, '../..');

export interface DemoServer {
  readonly webhook: URL;
  readonly operations: URL;
  /** The authority that signed its certificate, PEM. */
  readonly ca: string;
  readonly stop: () => Promise<void>;
}

export interface DemoServerOptions {
  readonly mode: string;
  readonly readyWithinMs: number;
}

/** Throws with what the server wrote to stderr where it does not get ready. */
export async function startDemoServer({ mode, readyWithinMs }: DemoServerOptions): Promise<DemoServer> {
  const certDir = await mkdtemp(join(tmpdir(), 'cilium-bulkhead-demo-'));
  const child = spawn(process.execPath, [join(ROOT, 'src/cli/bin.ts'), ...serveArguments(mode, certDir)], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const stop = async (): Promise<void> => {
    await stopChild(child);
    await rm(certDir, { recursive: true });
  };
  try {
    const addresses = await addressesOf(child, readyWithinMs);
    return { ...addresses, ca: await readFile(join(certDir, 'ca.crt'), 'utf8'), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function serveArguments(mode: string, certDir: string): readonly string[] {
  const listen = ['--listen', '127.0.0.1:0', '--ops-listen', '127.0.0.1:0'];
  const config = ['--mode', mode, '--config', join(ROOT, 'examples/demo-config.yaml')];
  return ['serve', '--demo', ...config, '--cert-dir', certDir, ...listen];
}

type Addresses = Pick<DemoServer, 'webhook' | 'operations'>;

/** It prints `webhook URL` and `operations URL`, one a line, once it serves. */
export async function addressesOf(child: ChildProcess, withinMs: number): Promise<Addresses> {
  const { stdout, stderr } = child;
  if (stdout === null || stderr === null) throw new Error('the server has no output');
  let log = '';
  stderr.setEncoding('utf8').on('data', (text: string) => (log = (log + text).slice(-LONGEST_LOG)));
  const timer = setTimeout(() => child.kill(), withinMs);
  const found = new Map<string, URL>();
  try {
    for await (const line of createInterface({ input: stdout })) {
      const [, name = '', address = ''] = /^(webhook|operations) (https?:\/\/\S+)$/.exec(line) ?? [];
      if (name !== '') found.set(name, new URL(address));
      const webhook = found.get('webhook');
      const operations = found.get('operations');
      if (webhook !== undefined && operations !== undefined) return { webhook, operations };
    }
  } finally {
    clearTimeout(timer);
    stdout.resume();
  }
  throw new Error(`the server stopped, or was not ready after ${withinMs} ms:\n${log}`);
}

const LONGEST_LOG = 16_384;
const STOP_WITHIN_MS = 5_000;

export async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
  await exited;
  clearTimeout(timer);
}
