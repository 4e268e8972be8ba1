/**
 * Reads the Dockerfile of this repository, and what .dockerignore keeps from it: what these two use of their languages, no more.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');

export interface Instruction {
  readonly name: string;
  readonly argument: string;
}

export interface Stage {
  readonly base: string;
  /** As `COPY --from` knows it. */
  readonly name: string;
  readonly instructions: readonly Instruction[];
}

export function stages(): readonly Stage[] {
  const result: { base: string; name: string; instructions: Instruction[] }[] = [];
  for (const instruction of instructionsOf(readFileSync(join(ROOT, 'Dockerfile'), 'utf8'))) {
    if (instruction.name !== 'FROM') result.at(-1)?.instructions.push(instruction);
    else {
      const [base = '', name = ''] = instruction.argument.split(/ +AS +/);
      result.push({ base, name, instructions: [] });
    }
  }
  return result;
}

function instructionsOf(text: string): readonly Instruction[] {
  const lines = text
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .join('\n')
    .replaceAll('\\\n', ' ')
    .split('\n');
  return lines.flatMap((line) => {
    const match = /^([A-Z]+) +(.*)$/.exec(line);
    return match === null ? [] : [{ name: match[1] ?? '', argument: match[2] ?? '' }];
  });
}

/** The argument of the last instruction of that name. */
export function last(stage: Stage, name: string): string | undefined {
  return stage.instructions.findLast((instruction) => instruction.name === name)?.argument;
}

export interface Copied {
  /** A stage; absent: the repository. */
  readonly from: string | undefined;
  readonly sources: readonly string[];
  readonly target: string;
}

export function copied(argument: string): Copied {
  const words = argument.split(/ +/);
  const from = /^--from=(\w+)$/.exec(words[0] ?? '')?.[1];
  const paths = from === undefined ? words : words.slice(1);
  return { from, sources: paths.slice(0, -1), target: paths.at(-1) ?? '' };
}

/** Docker's rule: the last pattern that matches a path or a folder above it decides. Plain patterns and `dir/*` only. */
export function isIgnored(path: string): boolean {
  let ignored = false;
  for (const line of readFileSync(join(ROOT, '.dockerignore'), 'utf8').split('\n')) {
    const pattern = line.replace(/^!/, '');
    if (pattern === '' || pattern.startsWith('#') || !matches(pattern, path)) continue;
    ignored = !line.startsWith('!');
  }
  return ignored;
}

function matches(pattern: string, path: string): boolean {
  const folder = pattern.replace(/\*$/, '');
  if (pattern.endsWith('*')) return path.startsWith(folder) && path.length > folder.length;
  return path === pattern || path.startsWith(`${pattern}/`);
}
