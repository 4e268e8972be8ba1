/**
 * A path of the command line -> the files to read, in a fixed order.
 *
 * In a folder only files that are named like manifests are read, and nothing that starts with a dot; a file that the user
 * names is read whatever it is called. Invariant: a folder is entered once, however many links lead to it.
 */
import type { Stats } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { fail, ok, type Result } from '../cilium/result.ts';
import { systemErrorText } from '../system-error.ts';

export type WalkStep =
  | { readonly kind: 'file'; readonly file: string }
  /** Files below a folder that are not named like manifests. */
  | { readonly kind: 'skipped'; readonly folder: string; readonly count: number }
  | { readonly kind: 'problem'; readonly file: string; readonly reason: string };

const MANIFEST = /\.(?:ya?ml|json|ndjson|jsonl)(?:\.gz)?$/i;
/** What `cilium sysdump` writes under such names is no Kubernetes object (cilium-cli sysdump/constants.go). */
const SYSDUMP_OUTPUT = /^(?:k8s-metrics|hubble-flows|cilium-spire-server-entries)-.*\.(?:yaml|json)$/;

/** `-`, standard input, is handed on as it is. */
export async function* walk(root: string, recursive: boolean): AsyncGenerator<WalkStep> {
  const named = await lookAt(root);
  if (!named.ok) yield { kind: 'problem', file: root, reason: named.error };
  else if (named.value === 'folder') yield* walkFolder(root, recursive);
  else if (named.value === 'other') yield { kind: 'problem', file: root, reason: 'is neither a file nor a folder' };
  else yield { kind: 'file', file: root };
}

async function* walkFolder(root: string, recursive: boolean): AsyncGenerator<WalkStep> {
  const entered = new Set<string>();
  const open = [root];
  let skipped = 0;
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const found = await lookAt(next);
    if (!found.ok) {
      yield { kind: 'problem', file: next, reason: found.error };
    } else if (found.value === 'folder') {
      const entries = next === root || recursive ? await enter(next, entered) : ok([]);
      if (entries.ok) open.push(...entries.value);
      else yield { kind: 'problem', file: next, reason: entries.error };
    } else if (found.value === 'file' && isManifestName(path.basename(next))) {
      yield { kind: 'file', file: next };
    } else {
      skipped += 1;
    }
  }
  if (skipped > 0) yield { kind: 'skipped', folder: root, count: skipped };
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

/** The visible entries of a folder, last one first; none where it was entered before. */
async function enter(folder: string, entered: Set<string>): Promise<Result<readonly string[], string>> {
  try {
    const real = await realpath(folder);
    if (entered.has(real)) return ok([]);
    entered.add(real);
    const names = (await readdir(folder)).filter((name) => !name.startsWith('.')).sort();
    return ok(names.reverse().map((name) => path.join(folder, name)));
  } catch (error) {
    return fail(systemErrorText(error));
  }
}

function isManifestName(name: string): boolean {
  return MANIFEST.test(name) && !SYSDUMP_OUTPUT.test(name);
}
