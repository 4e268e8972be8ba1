/**
 * `npm run mutation -- --count 400 --seed 1`: how many small changes of src/cilium the tests find.
 *
 * A sample of all mutants that compile, the same for the same sources and seed; with a count beyond all there are, every one.
 * Prints every survivor with its place, and why where it is known that nobody can tell it from the source (equivalents.ts); those
 * do not count. The last line is the score. Exits with 1 where the score is below --least.
 */
import { globSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { seededRandom, type Random } from '../support/hostile-random.ts';
import { program, runProgram, wholeNumberFrom } from '../support/program.ts';
import { Compiler } from './compiler.ts';
import { whyEquivalent } from './equivalents.ts';
import type { Mutant } from './mutant.ts';
import { mutantsOf } from './mutants.ts';
import { repository } from './repository.ts';
import type { NumberedMutant } from './switched.ts';
import { testFiles } from './test-files.ts';
import { Trials } from './trials.ts';

interface MutationOptions {
  readonly count: number;
  readonly seed: number;
  readonly files: string;
  readonly tests: string;
  readonly least: number;
  readonly threads: number;
}

async function main({ count, seed, files, tests, least, threads }: MutationOptions): Promise<void> {
  const all = globSync(files, { cwd: repository('') })
    .sort()
    .flatMap((file) => mutantsOf(file, sourceOf(file)));
  const sample = sampleOf(all, count, seededRandom(seed));
  print(`${sample.length} of ${all.length} mutants of ${files}, seed ${seed}\n`);
  const trials = await Trials.over({ mutants: sample, testFiles: testFiles(tests) });
  const { found, stopped, equivalent } = await outcomesOf(sample, trials, threads);
  await trials.end();
  const score = found / Math.max(1, sample.length - equivalent);
  const ofAll = found / Math.max(1, sample.length);
  print(`${found} of ${sample.length} found, ${stopped} of them by the time that they take: ${percent(ofAll)}\n`);
  print(`without the ${equivalent} that nobody can tell from the source: ${percent(score)}\n`);
  if (100 * score < least) process.exitCode = 1;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

interface Counts {
  readonly found: number;
  readonly stopped: number;
  readonly equivalent: number;
}

async function outcomesOf(sample: readonly NumberedMutant[], trials: Trials, threads: number): Promise<Counts> {
  const counts = { found: 0, stopped: 0, equivalent: 0 };
  const left = sample[Symbol.iterator]();
  let tried = 0;
  const tryThem = async (): Promise<void> => {
    for (const mutant of left) {
      const { kind } = await trials.put(mutant);
      const { file, line, before, after } = mutant;
      const change = `${file}:${line}: ${oneLine(before)} -> ${oneLine(after)}`;
      if (kind !== 'survived') counts.found += 1;
      else counts.equivalent += printSurvivor(mutant, change);
      if (kind === 'stopped') counts.stopped += 1;
      tried += 1;
      process.stderr.write(`${tried}/${sample.length} ${kind} ${change}\n`);
    }
  };
  await Promise.all(Array.from({ length: threads }, tryThem));
  return counts;
}

/** 1 where nobody can tell it from the source. */
function printSurvivor(mutant: Mutant, change: string): 0 | 1 {
  const why = whyEquivalent(mutant, sourceOf(mutant.file));
  print(`survived ${change}${why === undefined ? '' : ` (${why})`}\n`);
  return why === undefined ? 0 : 1;
}

/** In an order of chance, so that the first of them are a sample too. What does not compile is no mutant; another takes its place. */
function sampleOf(all: readonly Mutant[], count: number, random: Random): readonly NumberedMutant[] {
  const chosen = all.map((mutant) => ({ mutant, weight: random() })).sort((a, b) => a.weight - b.weight);
  const compiler = new Compiler();
  const kept: NumberedMutant[] = [];
  for (const { mutant } of chosen) {
    if (kept.length === count) break;
    if (compiler.takes(mutant, sourceOf(mutant.file))) kept.push({ ...mutant, number: kept.length });
  }
  return kept;
}

function sourceOf(file: string): string {
  return readFileSync(repository(file), 'utf8');
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').slice(0, 100);
}

function print(text: string): void {
  process.stdout.write(text);
}

const MORE = `Prints every survivor with its place, and the score. A mutant is found when a test fails, or takes many times the steps that it takes without it.

Exit codes: 0 enough were found, 1 fewer than --least, 2 the command line is wrong.`;

const command = program({
  script: 'mutation',
  purpose: 'How many small changes of the sources the tests find.',
  more: MORE,
})
  .option('--count <n>', 'how many mutants; all where there are fewer', wholeNumberFrom(0), 400)
  .option('--seed <n>', 'which ones', wholeNumberFrom(0), 1)
  .option('--files <glob>', 'of what', 'src/cilium/**/*.ts')
  .option('--tests <glob>', 'of the tests of src/cilium only these', '**')
  .option('--least <percent>', 'how many of a hundred have to be found', wholeNumberFrom(0), 95)
  .option('--threads <n>', 'how many at once', wholeNumberFrom(1), availableParallelism())
  .action(main);
await runProgram(command);
