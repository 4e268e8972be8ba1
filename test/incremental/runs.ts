/**
 * The runs that there are: small clusters of every kind of object, of which all is compared entry by entry, and larger ones, of
 * which policy maps are compared by number and checksum.
 */
import fc from 'fast-check';
import { decoded } from '../support/objects.ts';
import { GeneratedCluster } from './generated-steps.ts';
import type { CiliumVersion } from './kept-up-cluster.ts';
import { anyNewcomer } from './newcomers.ts';
import { anyClusterObject } from './random-objects.ts';
import type { Run } from './run.ts';
import { stepsOf, type Step } from './steps.ts';

/** The last: agents of several side by side, as their images say. */
export const VERSIONS: readonly CiliumVersion[] = ['1.18.8', '1.19.7', '1.20.2', undefined];

export interface RunPlan {
  readonly seed: number;
  readonly cilium: CiliumVersion;
  /** Questions come on top. */
  readonly events: number;
  /** Steps between two comparisons. */
  readonly every: number;
}

export function smallRun({ seed, cilium, events, every }: RunPlan): Run {
  return {
    cilium,
    seed,
    steps: withEvents(stepsOf(seed), events),
    every,
    comparison: {
      maps: 'entries',
      newcomers: fc.sample(anyNewcomer, { seed, numRuns: 3 }),
      whatIfs: fc.sample(anyClusterObject, { seed, numRuns: 1 }).map(decoded),
      submissions: fc.sample(anyClusterObject, { seed, numRuns: 4 }).map(decoded),
    },
  };
}

/** `scale` 1 is the cluster of the engine's targets. */
export function generatedRun({ seed, cilium, events, every, scale }: RunPlan & { readonly scale: number }): Run {
  const cluster = new GeneratedCluster(scale, seed);
  const newcomers = [cluster.newcomer(), cluster.newcomer()];
  const submissions = Array.from({ length: 6 }, () => cluster.object());
  const comparison = { maps: 'checksum', newcomers, whatIfs: [cluster.object()], submissions } as const;
  return { cilium, seed, steps: withEvents(cluster.steps(), events), every, comparison };
}

function withEvents(steps: Iterable<Step>, events: number): readonly Step[] {
  const taken: Step[] = [];
  let seen = 0;
  for (const step of steps) {
    if (seen === events) break;
    taken.push(step);
    if (step.do !== 'ask') seen += 1;
  }
  return taken;
}
