/**
 * A story: a folder with a command line, what the command reads, and what it must answer.
 *
 *     command      check --cluster cluster -f submit --mode enforce --cilium-version 1.19.7
 *     cluster/     what is there; ../cluster where the stories of a group share one
 *     submit/      what is submitted, in the order of the file names
 *     config.yaml  where the command names one
 *     stdout, stderr, exit-code
 *
 * Invariant: the process never changes its folder. Paths in `command` are relative to the story; they are made absolute for
 * the run and relative again in what comes out.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from '../../src/cli/main.ts';
import { memoryContext, type MemoryStream } from './memory-context.ts';

const ROOT = fileURLToPath(new URL('../golden/commands/', import.meta.url));
const PATH_OPTIONS: ReadonlySet<string> = new Set([
  '--cluster',
  '-f',
  '--filename',
  '--config',
  '--log',
  '--decision-log',
  '--cert-dir',
  '--tls-cert-file',
  '--tls-key-file',
  '--client-ca-file',
]);

export interface Story {
  /** `identity-churn: a build id per pod is denied` */
  readonly statement: string;
  readonly folder: string;
  readonly argv: readonly string[];
}

/** All of them, in the order of their names. */
export function stories(): readonly Story[] {
  return readdirSync(ROOT, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name === 'command')
    .map(({ parentPath }) => storyIn(parentPath))
    .sort((a, b) => (a.folder < b.folder ? -1 : 1));
}

function storyIn(folder: string): Story {
  const [group = '', ...statement] = relative(ROOT, folder).split(sep);
  const words = readFileSync(join(folder, 'command'), 'utf8').trim().split(/\s+/);
  return {
    statement: `${group}: ${statement.join(' ').replaceAll('-', ' ')}`,
    folder,
    argv: words.map((word, index) => (PATH_OPTIONS.has(words[index - 1] ?? '') ? join(folder, word) : word)),
  };
}

export interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

/** Runs the command of a story, `more` arguments behind its own. */
export async function outcomeOf({ argv, folder }: Story, more: readonly string[] = []): Promise<Outcome> {
  const context = memoryContext();
  const exitCode = await run([...argv, ...more], context);
  const told = ({ text }: MemoryStream): string =>
    text()
      .replaceAll(join(folder, sep), '')
      .replaceAll(join(folder, '..', sep), '../');
  return { stdout: told(context.stdout), stderr: told(context.stderr), exitCode };
}
