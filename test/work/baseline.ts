/**
 * The counts that are expected, in baseline.json, and in what others differ from them.
 *
 * A count that rose by more than two percent is work that somebody added. One that fell by as much has to be written down, too: else
 * the next who adds as much again is not seen.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Counts } from './work-counters.ts';

/** By version, then by what is done. */
export type WorkCounts = Readonly<Record<string, Readonly<Record<string, Counts>>>>;

export const REWRITE = 'npm run test:work -- --write';

const TOLERANCE = 0.02;
const FILE = fileURLToPath(new URL('baseline.json', import.meta.url));
const COUNT = fileURLToPath(new URL('count.ts', import.meta.url));
/** Optimized code does not count every call; code that is dropped and compiled again forgets; the factor of a hash is random. */
const EXACT = ['--no-opt', '--no-maglev', '--no-flush-bytecode', '--no-lazy-feedback-allocation', '--random-seed=1'];

export function countedWork(): WorkCounts {
  // What comes compiled from a cache does not count its loops.
  const env = { ...process.env, NODE_COMPILE_CACHE: '', NODE_DISABLE_COMPILE_CACHE: '1', NODE_OPTIONS: '' };
  return JSON.parse(execFileSync(process.execPath, [...EXACT, COUNT], { encoding: 'utf8', env })) as WorkCounts;
}

export function baseline(): WorkCounts {
  return JSON.parse(readFileSync(FILE, 'utf8')) as WorkCounts;
}

export function writeBaseline(counts: WorkCounts): void {
  writeFileSync(FILE, `${JSON.stringify(counts, undefined, 2)}\n`);
}

/** A sentence for each count that is another one. */
export function changedCounts(before: WorkCounts, after: WorkCounts): readonly string[] {
  const was = new Map(listed(before));
  const is = new Map(listed(after));
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((name) => changed(name, was.get(name), is.get(name)));
}

function listed(counts: WorkCounts): readonly (readonly [name: string, count: number])[] {
  return Object.entries(counts).flatMap(([version, works]) =>
    Object.entries(works).flatMap(([work, counters]) =>
      Object.entries(counters).map(([counter, count]) => [`${counter} of "${work}" in ${version}`, count] as const),
    ),
  );
}

function changed(name: string, before: number | undefined, after: number | undefined): readonly string[] {
  if (before === undefined || after === undefined) return [`${name}: ${before ?? 'not counted'} -> ${after ?? 'gone'}`];
  const change = after - before;
  if (Math.abs(change) <= TOLERANCE * before) return [];
  const percent = before === 0 ? '' : ` (${change > 0 ? '+' : ''}${((100 * change) / before).toFixed(1)} %)`;
  return [`${name} ${change > 0 ? 'rose' : 'fell'}: ${before} -> ${after}${percent}`];
}
