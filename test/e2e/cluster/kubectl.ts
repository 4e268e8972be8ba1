/**
 * The real kubectl, with nothing of the machine it runs on.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { toolPath } from '../tools.ts';

export interface KubectlResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface KubectlOptions {
  readonly kubeconfig: string;
  /** Where it keeps what it knows of the API server. */
  readonly home: string;
}

/** `input`: what it reads with `-f -`. */
export async function kubectl(
  { kubeconfig, home }: KubectlOptions,
  args: readonly string[],
  input = '',
): Promise<KubectlResult> {
  const env = { HOME: home, KUBECONFIG: kubeconfig, PATH: process.env['PATH'] };
  const child = spawn(toolPath('kubectl'), args, { env, stdio: ['pipe', 'pipe', 'pipe'] });
  const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  child.stdin.end(input);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout: Buffer.concat(stdout).toString('utf8'), stderr: Buffer.concat(stderr).toString('utf8') };
}
