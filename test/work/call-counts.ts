/**
 * How often each function of src/ was called and each loop gone round, counted by V8 itself (precise coverage): the program that is
 * counted knows nothing of it, and pays nothing for it elsewhere.
 *
 * Has to start before the modules that are counted are loaded. What runs in C++ is not seen: a copy of a typed array is one call of
 * who asks for it.
 */
import { readFileSync } from 'node:fs';
import { Session, type Profiler } from 'node:inspector';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

/** Of one file. */
export interface FileCounts {
  /** From the root of the repository. */
  readonly file: string;
  /** By name; of several of one name together. */
  readonly calls: ReadonlyMap<string, number>;
  /** Rounds of all its loops. */
  readonly rounds: number;
}

const ROOT = new URL('../../', import.meta.url);
const SOURCES = new URL('src/', ROOT).href;

export class CallCounts {
  readonly #session = new Session();
  /** Where the bodies of loops begin, by address of the file. */
  readonly #loops = new Map<string, readonly number[]>();

  start(): void {
    this.#session.connect();
    this.#session.post('Profiler.enable');
    this.#session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  }

  /** Since the last time. */
  take(): readonly FileCounts[] {
    let scripts: readonly Profiler.ScriptCoverage[] = [];
    this.#session.post('Profiler.takePreciseCoverage', (error, taken) => {
      if (error !== null) throw error;
      scripts = taken.result;
    });
    return scripts.filter(({ url }) => url.startsWith(SOURCES)).map((script) => this.#countsOf(script));
  }

  #countsOf({ url, functions }: Profiler.ScriptCoverage): FileCounts {
    const calls = new Map<string, number>();
    for (const { functionName, ranges } of functions) {
      calls.set(functionName, (calls.get(functionName) ?? 0) + (ranges[0]?.count ?? 0));
    }
    const all = functions.flatMap(({ ranges }) => ranges);
    const rounds = this.#loopsOf(url).map((place) => countAt(place, all));
    return { file: url.slice(ROOT.href.length), calls, rounds: rounds.reduce((sum, each) => sum + each, 0) };
  }

  #loopsOf(url: string): readonly number[] {
    const known = this.#loops.get(url) ?? loopBodies(url);
    this.#loops.set(url, known);
    return known;
  }
}

/** The count of the innermost range around a place. */
function countAt(place: number, ranges: readonly Profiler.CoverageRange[]): number {
  let innermost: Profiler.CoverageRange | undefined;
  for (const range of ranges) {
    if (range.startOffset > place || range.endOffset <= place) continue;
    if (innermost === undefined || sizeOf(range) <= sizeOf(innermost)) innermost = range;
  }
  return innermost?.count ?? 0;
}

function sizeOf({ startOffset, endOffset }: Profiler.CoverageRange): number {
  return endOffset - startOffset;
}

function loopBodies(url: string): readonly number[] {
  const file = fileURLToPath(url);
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.ESNext);
  const places: number[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isIterationStatement(node, false)) places.push(node.statement.getStart(source));
    ts.forEachChild(node, visit);
  };
  visit(source);
  return places;
}
