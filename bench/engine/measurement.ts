/**
 * One version of Cilium at one size: which runs were asked for, each in time or not at all.
 *
 * Invariant: nothing is waited for longer than the limit. The process that takes longer is ended, and what it had still to do
 * is said to be not measured.
 */
import { Child, type ChildOptions } from '../children/child.ts';
import { ENGINE_RUNS, type EngineFigures, type EngineRun } from '../children/protocol.ts';
import type { ClusterParameters } from './parameters.ts';
import type { RecordedList } from './recorded-list.ts';
import type { SizeFigures } from './targets.ts';

export interface Size {
  readonly scale: number;
  readonly parameters: ClusterParameters;
  readonly list: RecordedList;
}

export interface MeasurementOptions {
  readonly version: string;
  readonly runs: ReadonlySet<EngineRun | 'parse'>;
  readonly limitMinutes: number;
  readonly profileFolder?: string | undefined;
  /** Told of what is done. */
  readonly progress: (text: string) => void;
}

export interface SizeMeasured extends SizeFigures {
  readonly missing: readonly string[];
}

export async function measureSize(size: Size, options: MeasurementOptions): Promise<SizeMeasured> {
  const runs = new Map<EngineRun | 'parse', EngineFigures>();
  const missing: string[] = [];
  const take = async (child: Child, run: EngineRun | 'parse'): Promise<boolean> => {
    const figures = await inTime(run === 'parse' ? child.next('measured') : ask(child, run), options.limitMinutes);
    const text = figures === undefined ? `not measured: over ${options.limitMinutes} min` : figuresText(figures);
    options.progress(`${options.version} at ${size.scale}, ${run}: ${text}`);
    if (figures === undefined) missing.push(`${run} at ${size.scale}: over ${options.limitMinutes} min`);
    else runs.set(run, figures);
    return figures !== undefined;
  };
  if (options.runs.has('parse')) await within(parseList(size), (child) => take(child, 'parse'));
  await within(engine(size, options), async (child) => {
    for (const run of ENGINE_RUNS) if (options.runs.has(run) && !(await take(child, run))) return;
  });
  return { scale: size.scale, runs, missing };
}

async function within(options: ChildOptions, use: (child: Child) => Promise<unknown>): Promise<void> {
  const child = new Child(options);
  try {
    await use(child);
  } finally {
    await child.stop();
  }
}

function parseList({ list }: Size): ChildOptions {
  return { program: 'parse-list.ts', args: [list.folder] };
}

function engine({ list, parameters }: Size, { version, profileFolder = '' }: MeasurementOptions): ChildOptions {
  const args = [list.folder, JSON.stringify(parameters), version, profileFolder];
  return { program: 'engine.ts', args, nodeOptions: ['--expose-gc'] };
}

async function ask(child: Child, run: EngineRun): Promise<{ readonly figures: EngineFigures }> {
  return await child.ask({ type: 'measure', run }, 'measured');
}

/** undefined: it takes longer. */
async function inTime(
  report: Promise<{ readonly figures: EngineFigures }>,
  minutes: number,
): Promise<EngineFigures | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), minutes * 60_000);
  });
  // Its process is ended, which is no news then.
  report.catch(() => undefined);
  const first = await Promise.race([report, late]);
  clearTimeout(timer);
  return first?.figures;
}

function figuresText(figures: EngineFigures): string {
  return Object.entries(figures)
    .map(([name, value]) => `${name} ${Number(value.toPrecision(3))}`)
    .join(', ');
}
