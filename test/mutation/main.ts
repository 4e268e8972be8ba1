/**
 * `npm run mutation -- --count 400 --seed 1`: how many small changes of src/cilium the tests find.
 *
 * A sample of all mutants that compile, the same for the same sources and seed. Each is put to the tests in stages (stages.ts), with the
 * time that the stage takes without a mutant as the measure of how long is too long. A busy machine stops a trial as well as a
 * mutant without end does: what was stopped is tried again, by what the stage takes by then. Prints every survivor with its
 * place, and why where it is known that nobody can tell it from the source (equivalents.ts); those do not count. The last line is
 * the score. Exits with 1 where the score is below --least.
 */
import { globSync, readFileSync } from 'node:fs';
import { InvalidArgumentError } from 'commander';
import { seededRandom, type Random } from '../support/hostile-random.ts';
import { program, runProgram, wholeNumberFrom } from '../support/program.ts';
import { Compiler } from './compiler.ts';
import { whyEquivalent } from './equivalents.ts';
import type { Mutant } from './mutant.ts';
import { mutantsOf } from './mutants.ts';
import { repository } from './repository.ts';
import { stagesFor, type Stage } from './stages.ts';
import { put, type Outcome } from './trial.ts';

const PATIENCE = 3;
const LEAST_PATIENCE_MS = 20_000;
const UNMUTATED_LIMIT_MS = 600_000;

interface MutationOptions {
  readonly count: number;
  readonly seed: number;
  readonly files: string;
  readonly least: number;
  readonly part?: Part;
}

/** The `index`th of `of` shares of a sample, from 0. */
interface Part {
  readonly index: number;
  readonly of: number;
}

async function main({ count, seed, files, least, part = { index: 0, of: 1 } }: MutationOptions): Promise<void> {
  const all = globSync(files, { cwd: repository('') })
    .sort()
    .flatMap((file) => mutantsOf(file, sourceOf(file)));
  const whole = sampleOf(all, count, seededRandom(seed));
  const sample = whole.filter((_, index) => index % part.of === part.index);
  print(`${sample.length} of ${all.length} mutants of ${files}, seed ${seed}\n`);
  const { found, stopped, equivalent } = await outcomesOf(sample);
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

async function outcomesOf(sample: readonly Mutant[]): Promise<Counts> {
  const counts = { found: 0, stopped: 0, equivalent: 0 };
  const limits = new Limits();
  for (const [index, mutant] of sample.entries()) {
    const { kind } = await throughStages(mutant, limits);
    const { file, line, before, after } = mutant;
    const change = `${file}:${line}: ${oneLine(before)} -> ${oneLine(after)}`;
    if (kind !== 'survived') counts.found += 1;
    else counts.equivalent += printSurvivor(mutant, change);
    if (kind === 'stopped') counts.stopped += 1;
    process.stderr.write(`${index + 1}/${sample.length} ${kind} ${change}\n`);
  }
  return counts;
}

/** 1 where nobody can tell it from the source. */
function printSurvivor(mutant: Mutant, change: string): 0 | 1 {
  const why = whyEquivalent(mutant, sourceOf(mutant.file));
  print(`survived ${change}${why === undefined ? '' : ` (${why})`}\n`);
  return why === undefined ? 0 : 1;
}

async function throughStages(mutant: Mutant, limits: Limits): Promise<Outcome> {
  for (const testFiles of stagesFor(mutant.file)) {
    const first = await put({ mutant, testFiles, limitMs: await limits.of(testFiles) });
    const outcome =
      first.kind === 'stopped' ? await put({ mutant, testFiles, limitMs: await limits.renewed(testFiles) }) : first;
    if (outcome.kind !== 'survived') return outcome;
  }
  return { kind: 'survived' };
}

/** How long a stage may take: some times what it takes with the sources as they are, in which no test may fail. */
class Limits {
  readonly #known = new Map<string, number>();

  async of(stage: Stage): Promise<number> {
    return this.#known.get(stage.join('\n')) ?? this.renewed(stage);
  }

  async renewed(stage: Stage): Promise<number> {
    const start = performance.now();
    const outcome = await put({ testFiles: stage, limitMs: UNMUTATED_LIMIT_MS });
    if (outcome.kind !== 'survived') throw new Error(`without a mutant: ${JSON.stringify(outcome)}`);
    const limit = Math.max(LEAST_PATIENCE_MS, PATIENCE * (performance.now() - start));
    this.#known.set(stage.join('\n'), limit);
    return limit;
  }
}

/** In an order of chance, so that the first of them are a sample too. What does not compile is no mutant; another takes its place. */
function sampleOf(all: readonly Mutant[], count: number, random: Random): readonly Mutant[] {
  const chosen = all.map((mutant) => ({ mutant, weight: random() })).sort((a, b) => a.weight - b.weight);
  const compiler = new Compiler();
  const kept: Mutant[] = [];
  for (const { mutant } of chosen) {
    if (kept.length === count) break;
    if (compiler.takes(mutant, sourceOf(mutant.file))) kept.push(mutant);
  }
  return kept;
}

function partFrom(text: string): Part {
  const [, place = '', of = ''] = /^([1-9])\/([1-9])$/.exec(text) ?? [];
  if (place === '' || place > of) throw new InvalidArgumentError('It is a share such as 1/2: the first of two.');
  return { index: Number(place) - 1, of: Number(of) };
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

const MORE = `Prints every survivor with its place, and the score. A mutant is found when a test fails, or takes ${PATIENCE} times as long as without it, twice.

Exit codes: 0 enough were found, 1 fewer than --least, 2 the command line is wrong.`;

const command = program({
  script: 'mutation',
  purpose: 'How many small changes of the sources the tests find.',
  more: MORE,
})
  .option('--count <n>', 'how many mutants', wholeNumberFrom(0), 400)
  .option('--seed <n>', 'which ones', wholeNumberFrom(0), 1)
  .option('--files <glob>', 'of what', 'src/cilium/**/*.ts')
  .option('--least <percent>', 'how many of a hundred have to be found', wholeNumberFrom(0), 95)
  .option('--part <share>', 'such as 1/2: that share of the sample alone, so that processes can divide it', partFrom)
  .action(main);
await runProgram(command);
