/**
 * Puts mutants to the tests: each to those alone that come to it, in threads that have loaded sources and tests once.
 *
 * A first run without a mutant tells which tests come to which mutants, and how many steps each test takes. The tests of a
 * mutant's own folder come first, then the short ones, and the first that fails is enough. What is read while files are loaded
 * (a table, a constant) is in force from the start of a thread of its own, and put to every test.
 */
import { dirname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { repository } from './repository.ts';
import type { NumberedMutant } from './switched.ts';

/** `survived`: every test passed. `stopped`: one took far longer than without the mutant, or for ever. */
export type Outcome =
  { readonly kind: 'found'; readonly by: string } | { readonly kind: 'stopped' } | { readonly kind: 'survived' };

/** What a thread is made of. */
export interface Loaded {
  readonly mutants: readonly NumberedMutant[];
  /** Absolute. */
  readonly testFiles: readonly string[];
  /** The mutant whose turn it is while the files are loaded. */
  readonly turn?: number;
}

export interface TestToRun {
  readonly index: number;
  readonly mostSteps: number;
}

export type Asked =
  | { readonly kind: 'survey' }
  | { readonly kind: 'trial'; readonly mutant: number; readonly tests: readonly TestToRun[] };

export interface SurveyedTest {
  readonly file: string;
  readonly steps: number;
  /** That it comes to. */
  readonly mutants: Uint32Array;
}

export interface Reached {
  readonly atLoad: Uint32Array;
  readonly tests: readonly SurveyedTest[];
}

const THREAD = new URL('trial-thread.ts', import.meta.url);
/** A test may take so many times the steps that it takes without a mutant, and some. */
const PATIENCE = 10;
const MORE_STEPS = 1_000_000;
/** A thread that does not answer for so long never will: where a mutant takes away what ends a loop without steps. */
const SILENCE_MS = 300_000;
const HEAP_MB = 4096;

export class Trials {
  readonly #loaded: Loaded;
  readonly #tests: readonly SurveyedTest[];
  readonly #atLoad: ReadonlySet<number>;
  readonly #reachedBy: ReadonlyMap<number, readonly number[]>;
  #spare: TrialThread[];

  private constructor(loaded: Loaded, { atLoad, tests }: Reached, thread: TrialThread) {
    this.#loaded = loaded;
    this.#tests = tests;
    this.#atLoad = new Set(atLoad);
    this.#reachedBy = inverted(tests);
    this.#spare = [thread];
  }

  /** Fails where a test does without a mutant. */
  static async over(loaded: Loaded): Promise<Trials> {
    const thread = new TrialThread(loaded);
    const reached = await thread.ask<Reached>({ kind: 'survey' });
    if (reached.kind === 'gone') throw new Error(reached.why);
    return new Trials(loaded, reached.answer, thread);
  }

  /** How many may be under way at once is for the caller to say. */
  async put(mutant: NumberedMutant): Promise<Outcome> {
    const isFromStart = this.#atLoad.has(mutant.number);
    const tests = this.#testsFor(mutant, isFromStart);
    if (tests.length === 0) return { kind: 'survived' };
    const thread = isFromStart
      ? new TrialThread({ ...this.#loaded, turn: mutant.number })
      : (this.#spare.pop() ?? new TrialThread(this.#loaded));
    const outcome = await thread.ask<Outcome>({ kind: 'trial', mutant: mutant.number, tests });
    if (outcome.kind === 'answer' && !isFromStart) this.#spare.push(thread);
    else await thread.end();
    if (outcome.kind === 'answer') return outcome.answer;
    return outcome.why === SILENT ? { kind: 'stopped' } : { kind: 'found', by: outcome.why };
  }

  async end(): Promise<void> {
    for (const thread of this.#spare) await thread.end();
    this.#spare = [];
  }

  #testsFor({ number, file }: NumberedMutant, isFromStart: boolean): readonly TestToRun[] {
    const own = repository(dirname(file).replace(/^src/, 'test/unit'));
    const indices = isFromStart ? [...this.#tests.keys()] : (this.#reachedBy.get(number) ?? []);
    return indices
      .map((index) => ({ index, ...this.#testAt(index) }))
      .sort((a, b) => Number(dirname(b.file) === own) - Number(dirname(a.file) === own) || a.steps - b.steps)
      .map(({ index, steps }) => ({ index, mostSteps: PATIENCE * steps + MORE_STEPS }));
  }

  #testAt(index: number): SurveyedTest {
    const test = this.#tests[index];
    if (test === undefined) throw new Error(`there is no test ${index}`);
    return test;
  }
}

function inverted(tests: readonly SurveyedTest[]): ReadonlyMap<number, readonly number[]> {
  const reachedBy = new Map<number, number[]>();
  for (const [index, { mutants }] of tests.entries()) {
    for (const mutant of mutants) {
      const own = reachedBy.get(mutant);
      if (own === undefined) reachedBy.set(mutant, [index]);
      else own.push(index);
    }
  }
  return reachedBy;
}

const SILENT = 'the thread does not answer any more';

type Answered<Answer> =
  { readonly kind: 'answer'; readonly answer: Answer } | { readonly kind: 'gone'; readonly why: string };

class TrialThread {
  readonly #worker: Worker;
  readonly #loaded: Promise<Answered<'loaded'>>;

  constructor(workerData: Loaded) {
    this.#worker = new Worker(THREAD, {
      workerData,
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
    });
    // Neither is read, and a full pipe would hold the thread up.
    this.#worker.stdout.resume();
    this.#worker.stderr.resume();
    this.#loaded = this.#next<'loaded'>();
  }

  async ask<Answer>(asked: Asked): Promise<Answered<Answer>> {
    const loaded = await this.#loaded;
    if (loaded.kind === 'gone') return loaded;
    this.#worker.postMessage(asked);
    return this.#next<Answer>();
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  async #next<Answer>(): Promise<Answered<Answer>> {
    const { promise, resolve } = Promise.withResolvers<Answered<Answer>>();
    const gone = (why: string): void => resolve({ kind: 'gone', why });
    const listeners = {
      message: (answer: Answer) => resolve({ kind: 'answer', answer }),
      error: (error: unknown) => gone(String(error)),
      exit: () => gone('the thread ended before the tests did'),
    };
    for (const [event, listener] of Object.entries(listeners)) this.#worker.once(event, listener);
    const timer = setTimeout(() => gone(SILENT), SILENCE_MS);
    const next = await promise;
    clearTimeout(timer);
    for (const [event, listener] of Object.entries(listeners)) this.#worker.off(event, listener);
    return next;
  }
}
