/**
 * The targets of the engine: what each asks for, its limit, and where its value comes from.
 */
import type { EngineFigures, EngineRun } from '../children/protocol.ts';

/** Of one version of Cilium, at one size; a run that was not measured is absent. */
export interface SizeFigures {
  /** Of the reference cluster. */
  readonly scale: number;
  readonly runs: ReadonlyMap<EngineRun | 'parse', EngineFigures>;
}

export interface Target {
  readonly id: string;
  readonly group: TargetGroup;
  readonly name: string;
  readonly limit: number;
  /** What the value is counted in. */
  readonly unit: 'P' | 'x' | 'MiB';
  /** Of the sizes, the largest last; undefined where it was not measured. */
  readonly value: (sizes: readonly SizeFigures[]) => number | undefined;
}

export const TARGET_GROUPS = ['T4', 'T5', 'T7', 'T8', 'T9'] as const;
export type TargetGroup = (typeof TARGET_GROUPS)[number];

/** What each group of targets wants to be run; T9 at every size. */
export const RUNS: Readonly<Record<TargetGroup, readonly (EngineRun | 'parse')[]>> = {
  T4: ['load', 'pods', 'classes'],
  T5: ['load', 'policies', 'clusterwide', 'classes'],
  T7: ['load', 'parse'],
  T8: ['load'],
  T9: ['load', 'pods', 'policies'],
};

/** Times are in P: JSON.parse of a 4.7 kB Pod review in the same run. */
export const TARGETS: readonly Target[] = [
  target('T4-known', 'decision on a pod, known identity, p50', { limit: 0.12, unit: 'P', value: at('pods', 'known') }),
  target('T4-new', 'decision on a pod, new identity, p50', { limit: 1.2, unit: 'P', value: at('pods', 'new') }),
  target('T5-cnp-p50', 'CiliumNetworkPolicy, p50', { limit: 2.5, unit: 'P', value: at('policies', 'p50') }),
  target('T5-cnp-p99', 'CiliumNetworkPolicy, p99', { limit: 250, unit: 'P', value: at('policies', 'p99') }),
  target('T5-ccnp-worst', 'clusterwide policy for all classes, worst', {
    limit: 6_000,
    unit: 'P',
    value: at('clusterwide', 'worst'),
  }),
  target('T5-ccnp-slice', 'the same, its longest slice', { limit: 250, unit: 'P', value: at('clusterwide', 'slice') }),
  target('T7-cold-start', 'cold start, CPU : JSON.parse of the same bytes', {
    limit: 1.5,
    unit: 'x',
    value: coldStartRatio,
  }),
  target('T8-rss', 'resident memory once it answers', { limit: 512, unit: 'MiB', value: at('load', 'rssMiB') }),
  target('T9-known', 'known identity, growth per 10x cluster', {
    limit: 1.4,
    unit: 'x',
    value: growth('pods', 'known'),
  }),
  target('T9-new', 'new identity, growth per 10x cluster', { limit: 3.2, unit: 'x', value: growth('pods', 'new') }),
  target('T9-cnp', 'CiliumNetworkPolicy, growth per 10x cluster', {
    limit: 1.6,
    unit: 'x',
    value: growth('policies', 'p50'),
  }),
  // Exponent 1.05: what is left to "linear".
  target('T9-memory', 'heap in use, growth per 10x cluster', {
    limit: 10 ** 1.05,
    unit: 'x',
    value: growth('load', 'heapMiB'),
  }),
];

function target(id: string, name: string, rest: Pick<Target, 'limit' | 'unit' | 'value'>): Target {
  const group = TARGET_GROUPS.find((each) => id.startsWith(each));
  if (group === undefined) throw new Error(`${id} is of no group`);
  return { id, group, name, ...rest };
}

function at(run: EngineRun, figure: string): Target['value'] {
  return (sizes) => sizes.at(-1)?.runs.get(run)?.[figure];
}

function coldStartRatio(sizes: readonly SizeFigures[]): number | undefined {
  const runs = sizes.at(-1)?.runs;
  const [load, parse] = [runs?.get('load')?.['cpuMs'], runs?.get('parse')?.['cpuMs']];
  return load === undefined || parse === undefined ? undefined : load / parse;
}

/** Ten to the power of the slope of a line through the logarithms, by least squares. */
function growth(run: EngineRun, figure: string): Target['value'] {
  return (sizes) => {
    const points = sizes.map(({ scale, runs }) => [
      Math.log10(scale),
      Math.log10(runs.get(run)?.[figure] ?? Number.NaN),
    ]);
    const slope = slopeOf(points.map(([x = Number.NaN, y = Number.NaN]) => ({ x, y })));
    return Number.isNaN(slope) ? undefined : 10 ** slope;
  };
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** NaN with fewer than two points, or one that is missing. */
function slopeOf(points: readonly Point[]): number {
  const mean = (of: (point: Point) => number): number =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const [middleX, middleY] = [mean(({ x }) => x), mean(({ y }) => y)];
  const spread = mean(({ x }) => (x - middleX) ** 2);
  return mean(({ x, y }) => (x - middleX) * (y - middleY)) / spread;
}
