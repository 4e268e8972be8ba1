/**
 * Paths of the command line -> the files to read, in a fixed order.
 *
 * In a folder only files that are named like manifests are read, and nothing that starts with a dot; a file that the user
 * names is read whatever it is called. What is passed over is counted by reason.
 * Invariant: a folder is entered once, however many links lead to it. Of two sysdumps one is read, and the other a problem:
 * they hold the same objects at two times.
 */
import type { Stats } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { getOrMake } from '../cilium/get-or-make.ts';
import { fail, ok, type Result } from '../cilium/result.ts';
import { systemErrorText } from '../system-error.ts';
import { agentOfDNSCache, dnsCacheIn, isSysdumpOutput, sysdumpStamps } from './sysdump.ts';

export type WalkStep =
  | { readonly kind: 'file'; readonly file: string }
  /** What an agent learned of DNS names. */
  | { readonly kind: 'dns-cache'; readonly file: string; readonly agent: string }
  /** Entries of a folder, or below it, that were passed over. */
  | {
      readonly kind: 'skipped';
      readonly folder: string;
      readonly reason: string;
      readonly count: number;
      /** The first of them. */
      readonly files: readonly string[];
    }
  | { readonly kind: 'problem'; readonly file: string; readonly reason: string };

const MANIFEST = /\.(?:ya?ml|json|ndjson|jsonl)(?:\.gz)?$/i;

/** Of what is passed over for one reason. */
const MOST_NAMED = 100;

const OTHER_FILE = 'not named like YAML or JSON';
const OTHER_OUTPUT = 'output of cilium sysdump that holds nothing of the model';
const NOT_ENTERED = 'a folder in a folder (-R reads it)';

/** `-`, standard input, is handed on as it is. */
export async function* walk(roots: readonly string[], recursive: boolean): AsyncGenerator<WalkStep> {
  const dumps = new Map<string, string>();
  for (const root of roots) {
    const named = await lookAt(root);
    if (!named.ok) yield { kind: 'problem', file: root, reason: named.error };
    else if (named.value === 'folder') yield* new FolderWalk(root, recursive, dumps).steps();
    else if (named.value === 'other') yield { kind: 'problem', file: root, reason: 'is neither a file nor a folder' };
    else yield { kind: 'file', file: root };
  }
}

class FolderWalk {
  readonly #root: string;
  readonly #recursive: boolean;
  /** The folder of each sysdump, by the time when it was started. */
  readonly #dumps: Map<string, string>;
  readonly #entered = new Set<string>();
  readonly #skipped = new Map<string, { count: number; readonly files: string[] }>();
  /** The next one last. */
  readonly #open: string[];

  constructor(root: string, recursive: boolean, dumps: Map<string, string>) {
    this.#root = root;
    this.#recursive = recursive;
    this.#dumps = dumps;
    this.#open = [root];
  }

  async *steps(): AsyncGenerator<WalkStep> {
    for (let next = this.#open.pop(); next !== undefined; next = this.#open.pop()) {
      const step = await this.#step(next);
      if (step !== undefined) yield step;
    }
    for (const [reason, skipped] of this.#skipped) yield { kind: 'skipped', folder: this.#root, reason, ...skipped };
  }

  async #step(file: string): Promise<WalkStep | undefined> {
    const found = await lookAt(file);
    if (!found.ok) return { kind: 'problem', file, reason: found.error };
    if (found.value === 'file' && MANIFEST.test(path.basename(file))) return { kind: 'file', file };
    const agent = agentOfDNSCache(file);
    if (found.value === 'file' && agent !== undefined) return { kind: 'dns-cache', file, agent };
    if (found.value !== 'folder') this.#skip(OTHER_FILE, file);
    else if (file === this.#root || this.#recursive) return this.#enter(file);
    else this.#skip(NOT_ENTERED, file);
    return undefined;
  }

  async #enter(folder: string): Promise<WalkStep | undefined> {
    const names = await namesIn(folder, this.#entered);
    if (!names.ok) return { kind: 'problem', file: folder, reason: names.error };
    const stamps = sysdumpStamps(names.value);
    const other = this.#otherDump(folder, stamps);
    if (other !== undefined) return { kind: 'problem', file: folder, reason: other };
    for (const name of names.value.toReversed()) {
      if (stamps.length > 0 && isSysdumpOutput(name)) await this.#passOver(path.join(folder, name));
      else this.#open.push(path.join(folder, name));
    }
    return undefined;
  }

  /** Output of a sysdump, but for the one file in it that is read. */
  async #passOver(output: string): Promise<void> {
    const cache = dnsCacheIn(output);
    const found = cache === undefined ? undefined : await lookAt(cache);
    if (cache !== undefined && found?.ok === true) this.#open.push(cache);
    else this.#skip(OTHER_OUTPUT, output);
  }

  #otherDump(folder: string, stamps: readonly string[]): string | undefined {
    for (const stamp of stamps) this.#dumps.set(stamp, this.#dumps.get(stamp) ?? folder);
    const [first, second] = this.#dumps;
    if (stamps.length === 0 || first === undefined || second === undefined) return undefined;
    return `is a second sysdump, of ${second[0]}; the first is "${first[1]}", of ${first[0]}: name one of them`;
  }

  #skip(reason: string, file: string): void {
    const skipped = getOrMake(this.#skipped, reason, () => ({ count: 0, files: [] }));
    skipped.count += 1;
    if (skipped.files.length < MOST_NAMED) skipped.files.push(file);
  }
}

type Found = 'file' | 'pipe' | 'folder' | 'other';

/** What stands at a path; links are followed. */
async function lookAt(file: string): Promise<Result<Found, string>> {
  if (file === '-') return ok('pipe');
  try {
    return ok(foundAs(await stat(file)));
  } catch (error) {
    return fail(systemErrorText(error));
  }
}

function foundAs(stats: Stats): Found {
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) return 'folder';
  return stats.isFIFO() ? 'pipe' : 'other';
}

/** The visible entries of a folder in order; none where it was entered before. */
async function namesIn(folder: string, entered: Set<string>): Promise<Result<readonly string[], string>> {
  try {
    const real = await realpath(folder);
    if (entered.has(real)) return ok([]);
    entered.add(real);
    return ok((await readdir(folder)).filter((name) => !name.startsWith('.')).sort());
  } catch (error) {
    return fail(systemErrorText(error));
  }
}
