/**
 * The thread of trials (trials.ts): loads the sources with all mutants in them, and the tests, once; then runs tests as it is asked to.
 *
 * A step is one question whether it is a mutant's turn. A test that takes far more of them than without a mutant, or all memory,
 * is given up.
 */
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import { heldTests } from './held-tests.ts';
import { repository } from './repository.ts';
import { QUESTION, switched, type NumberedMutant } from './switched.ts';
import type { Asked, Loaded, Outcome, Reached, SurveyedTest, TestToRun } from './trials.ts';

const { mutants, testFiles, turn } = workerData as Loaded;
const HELD_TESTS = new URL('held-tests.ts', import.meta.url).href;

const reached = new Uint8Array(mutants.reduce((most, { number }) => Math.max(most, number + 1), 0));
/** A mutant may fill memory without end; what all threads have together. */
const MOST_BYTES = 6 * 2 ** 30;
const STEPS_PER_LOOK = 2 ** 16;

/** Of each test. */
const fileOf: string[] = [];
let active = turn ?? -1;
let steps = 0;
let mostSteps = Infinity;

function isTurn(number: number): boolean {
  reached[number] = 1;
  steps += 1;
  if (steps % STEPS_PER_LOOK === 0 && process.memoryUsage.rss() > MOST_BYTES) mostSteps = 0;
  if (steps > mostSteps) throw new Error('too many steps');
  return number === active;
}

function mutateWhatIsLoaded(): void {
  const byUrl = Map.groupBy(mutants, ({ file }) => pathToFileURL(repository(file)).href);
  registerHooks({
    resolve(specifier, context, next) {
      if (specifier === 'node:test') return { url: HELD_TESTS, shortCircuit: true };
      return next(specifier, context);
    },
    load(url, context, next) {
      const own: readonly NumberedMutant[] | undefined = byUrl.get(url);
      if (own === undefined) return next(url, context);
      const source = switched(readFileSync(fileURLToPath(url), 'utf8'), own);
      return { format: 'module-typescript', source, shortCircuit: true };
    },
  });
}

/** What has failed, if it has. */
async function failure(index: number): Promise<string | undefined> {
  const held = heldTests()[index];
  try {
    await held?.run({ diagnostic: () => undefined });
    return undefined;
  } catch (error) {
    return `${held?.name}: ${String(error)}`;
  }
}

/** Every test without a mutant, and what each reaches. */
async function survey(): Promise<Reached> {
  const atLoad = taken();
  const tests: SurveyedTest[] = [];
  for (const index of heldTests().keys()) {
    steps = 0;
    const failed = await failure(index);
    if (failed !== undefined) throw new Error(`without a mutant fails ${failed}`);
    tests.push({ file: fileOf[index] ?? '', steps, mutants: taken() });
  }
  return { atLoad, tests };
}

/** Those that were asked about since the last time. */
function taken(): Uint32Array {
  const numbers = mutants.filter(({ number }) => reached[number] === 1).map(({ number }) => number);
  reached.fill(0);
  return Uint32Array.from(numbers);
}

async function trial(tests: readonly TestToRun[]): Promise<Outcome> {
  for (const { index, mostSteps: most } of tests) {
    steps = 0;
    mostSteps = most;
    const failed = await failure(index);
    if (steps > mostSteps) return { kind: 'stopped' };
    if (failed !== undefined) return { kind: 'found', by: failed };
  }
  return { kind: 'survived' };
}

async function answer(asked: Asked): Promise<Reached | Outcome> {
  if (asked.kind === 'survey') return survey();
  active = asked.mutant;
  const outcome = await trial(asked.tests);
  active = -1;
  mostSteps = Infinity;
  return outcome;
}

Object.assign(globalThis, { [QUESTION]: isTurn });
mutateWhatIsLoaded();
for (const file of testFiles) {
  await import(pathToFileURL(file).href);
  while (fileOf.length < heldTests().length) fileOf.push(file);
}
parentPort?.on('message', (asked: Asked) => {
  void answer(asked).then((answered) => parentPort?.postMessage(answered));
});
parentPort?.postMessage('loaded');
