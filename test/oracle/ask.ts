/**
 * Asks the oracle of one minor: lines of JSON in, as many lines of JSON out, in order.
 *
 * A process for each call: an oracle leaks a little with every world, and must not see answers of the last batch.
 */
import { spawn } from 'node:child_process';
import { access } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { CannotRun } from '../support/program.ts';
import type { OracleBuild } from './minors.ts';

export type Answer = Readonly<Record<string, unknown>>;

export async function ask({ binary, minor }: OracleBuild, lines: readonly string[]): Promise<readonly Answer[]> {
  await access(binary).catch((cause: unknown) => {
    throw new CannotRun(`the oracle of ${minor} is not built; run npm run oracle:build`, { cause });
  });
  if (lines.length === 0) return [];
  const child = spawn(binary, { stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.end(`${lines.join('\n')}\n`);
  // Cilium logs to stderr what it refuses; that is of interest only where the oracle breaks down.
  const [out, log] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const answers = out.split('\n').filter((line) => line !== '');
  if (answers.length !== lines.length) {
    throw new Error(
      `the oracle of ${minor} gave ${answers.length} answers to ${lines.length} questions: ${log.slice(-2000)}`,
    );
  }
  return answers.map((line) => JSON.parse(line) as Answer);
}
