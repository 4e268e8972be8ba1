/**
 * Random cases with Cilium's answers, as they are written in random.ndjson.gz: those of a fuzz run that together put the most to the
 * test (`npm run oracle:sample`). Answers are kept as they are compared.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { Minor } from './recorded-worlds.ts';

type Comparable = Readonly<Record<string, unknown>>;

export interface RandomCase {
  readonly seed: number;
  readonly index: number;
  readonly op: string;
  readonly question?: unknown;
  readonly world?: unknown;
  readonly answers: Readonly<Record<Minor, Comparable>>;
}

const FILE = fileURLToPath(new URL('random.ndjson.gz', import.meta.url));

export function randomCases(): readonly RandomCase[] {
  const text = gunzipSync(readFileSync(FILE)).toString('utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as RandomCase);
}

export function writeRandomCases(cases: readonly RandomCase[]): void {
  writeFileSync(FILE, gzipSync(cases.map((one) => `${JSON.stringify(one)}\n`).join(''), { level: 9 }));
}
