/**
 * One run: the steps of a seed one after the other, and again and again all that the cluster tells, held against what one tells
 * that was built from nothing.
 */
import type { ClusterStore } from '../../src/cluster/store.ts';
import { AskedCluster, changeTo } from './asked-cluster.ts';
import { KeptUpCluster, type CiliumVersion } from './kept-up-cluster.ts';
import { textOf, told, type TellingOptions } from './told.ts';
import { formatRef, refOf, type ClusterObject } from '../../src/cilium/objects.ts';
import type { Step } from './steps.ts';
import { submitChange } from '../support/review.ts';
import { withPauses } from '../support/with-pauses.ts';

export interface Run {
  readonly cilium: CiliumVersion;
  /** Of the order in which what is left comes to the other cluster. */
  readonly seed: number;
  readonly steps: readonly Step[];
  /** Compared after so many steps, and after the last. */
  readonly every: number;
  readonly comparison: Comparison;
}

export interface Comparison extends TellingOptions {
  /** What the cluster would tell after each of them is compared, too. */
  readonly whatIfs: readonly ClusterObject[];
  /** So is what a review of each of them decides, with every check enforced. */
  readonly submissions: readonly ClusterObject[];
}

export interface Failure {
  /** How many steps were taken. */
  readonly after: number;
  readonly difference: string;
}

export interface RunOutcome {
  readonly failure?: Failure;
  /** Lines that were compared. */
  readonly lines: number;
}

export function run(one: Run): RunOutcome {
  return withPauses(() => pausingRun(one));
}

function pausingRun({ cilium, seed, steps, every, comparison }: Run): RunOutcome {
  const cluster = new KeptUpCluster(cilium);
  const asked = new AskedCluster(cluster.store);
  let lines = 0;
  for (const [index, step] of steps.entries()) {
    const after = index + 1;
    try {
      if (step.do === 'ask') asked.ask(step.question);
      else cluster.take(step);
      if (after % every !== 0 && after !== steps.length) continue;
      const compared = differenceOf(cluster.store, cluster.rebuilt(seed), comparison);
      lines += compared.lines;
      if (compared.text !== '') return { lines, failure: { after, difference: compared.text } };
    } catch (error) {
      return { lines, failure: { after, difference: thrown(error) } };
    }
  }
  return { lines };
}

function thrown(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function differenceOf(keptUp: ClusterStore, rebuilt: ClusterStore, comparison: Comparison) {
  const as = tellings(keptUp, comparison);
  const bs = tellings(rebuilt, comparison);
  const text = as.flatMap((lines, index) => difference(lines, bs[index] ?? [])).join('\n');
  return { text, lines: as.flat().length };
}

function tellings(store: ClusterStore, comparison: Comparison): readonly (readonly string[])[] {
  const { whatIfs, submissions, ...options } = comparison;
  const view = store.view();
  const decisions = submissions.map((object) => decided(store, object));
  return [
    decisions,
    told(view, options),
    ...whatIfs.map((object) => told(view.after(changeTo(store, object)), options)),
  ];
}

function decided(store: ClusterStore, object: ClusterObject): string {
  const { verdict, findings, unknowns, charge } = submitChange(store, changeTo(store, object));
  const keys = charge?.keys.map(textOf).toSorted();
  return `decision on ${formatRef(refOf(object))}: ${textOf({ verdict, findings, unknowns, keys })}`;
}

/** Lines that one of them alone has. */
function difference(keptUp: readonly string[], rebuilt: readonly string[]): readonly string[] {
  if (keptUp.join('\n') === rebuilt.join('\n')) return [];
  const [some, others] = [new Set(keptUp), new Set(rebuilt)];
  const lines = [
    ...keptUp.filter((line) => !others.has(line)).map((line) => `  kept up: ${line}`),
    ...rebuilt.filter((line) => !some.has(line)).map((line) => `  rebuilt: ${line}`),
  ];
  return lines.length > 0 ? lines : ['  a line is told more often by one than by the other'];
}
