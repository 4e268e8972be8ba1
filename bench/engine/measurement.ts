/**
 * One version of Cilium at one size: which runs were asked for, each in time or not at all.
 *
 * Invariant: nothing is waited for longer than the limit. The process that takes longer is ended; what it had still to do is
 * done by another one.
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
  /** The folder of the children, built. */
  readonly built: string;
  readonly profileFolder?: string | undefined;
  /** Told of what is done. */
  readonly progress: (text: string) => void;
}

export interface SizeMeasured extends SizeFigures {
  readonly missing: readonly string[];
}

export async function measureSize(size: Size, options: MeasurementOptions): Promise<SizeMeasured> {
  const book = new Book(size.scale, options);
  if (options.runs.has('parse')) {
    await within(parseList(size), (child) => book.take('parse', child.next('measured')));
  }
  let left = ENGINE_RUNS.filter((run) => options.runs.has(run));
  while (left.length > 0) left = await inOneProcess(left, engine(size, options), book);
  return { scale: size.scale, runs: book.runs, missing: book.missing };
}

/** Returns what is left once something took too long. */
async function inOneProcess(wanted: readonly EngineRun[], options: ChildOptions, book: Book): Promise<EngineRun[]> {
  return await within(options, async (child) => {
    if (wanted[0] !== 'load' && !(await book.isInTime(ask(child, 'load')))) return [];
    for (const [index, run] of wanted.entries()) {
      if (await book.take(run, ask(child, run))) continue;
      return run === 'load' ? [] : wanted.slice(index + 1);
    }
    return [];
  });
}

type Reported = Promise<{ readonly figures: EngineFigures }>;

/** What was measured, and what was not in time. */
class Book {
  readonly runs = new Map<EngineRun | 'parse', EngineFigures>();
  readonly missing: string[] = [];
  readonly #scale: number;
  readonly #options: MeasurementOptions;

  constructor(scale: number, options: MeasurementOptions) {
    this.#scale = scale;
    this.#options = options;
  }

  /** Whether it was in time. */
  async take(run: EngineRun | 'parse', report: Reported): Promise<boolean> {
    const { limitMinutes, progress, version } = this.#options;
    const figures = await inTime(report, limitMinutes);
    if (figures === undefined) this.missing.push(`${run} at ${this.#scale}: over ${limitMinutes} min`);
    else this.runs.set(run, figures);
    const text = figures === undefined ? `not measured: over ${limitMinutes} min` : figuresText(figures);
    progress(`${version} at ${this.#scale}, ${run}: ${text}`);
    return figures !== undefined;
  }

  async isInTime(report: Reported): Promise<boolean> {
    return (await inTime(report, this.#options.limitMinutes)) !== undefined;
  }
}

async function within<Value>(options: ChildOptions, use: (child: Child) => Promise<Value>): Promise<Value> {
  const child = new Child(options);
  try {
    return await use(child);
  } finally {
    await child.stop();
  }
}

function parseList({ list }: Size): ChildOptions {
  return { program: 'parse-list.ts', args: [list.folder] };
}

function engine({ list, parameters }: Size, { version, built, profileFolder = '' }: MeasurementOptions): ChildOptions {
  const args = [list.folder, JSON.stringify(parameters), version, profileFolder];
  // The bound is that of deploy/.
  return { program: 'engine.ts', built, args, nodeOptions: ['--expose-gc', '--max-semi-space-size=16'] };
}

async function ask(child: Child, run: EngineRun): Promise<{ readonly figures: EngineFigures }> {
  return await child.ask({ type: 'measure', run }, 'measured');
}

/** undefined: it takes longer. */
async function inTime(report: Reported, minutes: number): Promise<EngineFigures | undefined> {
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
