/**
 * The real helm, with nothing of the machine it runs on.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { helmPath } from '../chart-tools.ts';
import type { KubectlOptions } from './kubectl.ts';

/** What it prints. Throws where it does not succeed. */
export async function helm({ kubeconfig, home }: KubectlOptions, args: readonly string[]): Promise<string> {
  const env = { HOME: home, KUBECONFIG: kubeconfig, PATH: process.env['PATH'] };
  const child = spawn(helmPath(), args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  const [code] = (await once(child, 'close')) as [number | null];
  const text = Buffer.concat(stdout).toString('utf8');
  if (code !== 0) throw new Error(`helm ${args.join(' ')}: ${Buffer.concat(stderr).toString('utf8')}${text}`);
  return text;
}
