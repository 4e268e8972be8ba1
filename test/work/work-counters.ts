/**
 * What of the work of a decision is counted, by the sources that do it: calls of their functions and rounds of their loops.
 */
import type { FileCounts } from './call-counts.ts';

/** The functions of a folder or file, or one of them. */
interface Counted {
  readonly under: string;
  readonly only?: string;
}

/** `steps` are all there are: what none of the others sees rises there. */
export const COUNTERS = {
  steps: { under: 'src/' },
  /** Selectors that were held against labels, one by one. */
  selectorsTested: { under: 'src/cilium/policy/selector.ts', only: 'matches' },
  /** Identities that were looked for, looked at, put into sets and taken out. */
  identities: { under: 'src/cluster/identities/' },
  identitySets: { under: 'src/cilium/identity/' },
  classes: { under: 'src/cluster/classes/' },
  /** Filters, their keys, and the ids and words that a count of a map goes through. */
  policyMaps: { under: 'src/cilium/policy/map/' },
  policies: { under: 'src/cilium/policy/' },
  checks: { under: 'src/checks/' },
} as const satisfies Readonly<Record<string, Counted>>;

export type Counter = keyof typeof COUNTERS;
export type Counts = Readonly<Record<Counter, number>>;

/** For one of `times` decisions, to a tenth. */
export function countsOf(files: readonly FileCounts[], times: number): Counts {
  const counts = Object.entries(COUNTERS).map(([name, counted]) => [name, perTime(countOf(files, counted), times)]);
  return Object.fromEntries(counts) as Counts;
}

function perTime(count: number, times: number): number {
  return Math.round((10 * count) / times) / 10;
}

function countOf(files: readonly FileCounts[], { under, only }: Counted): number {
  const counted = files.filter(({ file }) => file.startsWith(under));
  if (only !== undefined) return counted.reduce((sum, { calls }) => sum + (calls.get(only) ?? 0), 0);
  return counted.reduce((sum, file) => sum + file.rounds + callsIn(file), 0);
}

function callsIn({ calls }: FileCounts): number {
  return [...calls.values()].reduce((sum, each) => sum + each, 0);
}

/** Those that nothing has: what they counted has another name by now. */
export function idleCounters(all: readonly Counts[]): readonly Counter[] {
  return (Object.keys(COUNTERS) as Counter[]).filter((counter) => all.every((counts) => counts[counter] === 0));
}
