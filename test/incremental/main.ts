/**
 * `npm run test:incremental -- --runs 100 --seed 1`: is a store that is kept up event by event what one is that is built from
 * nothing?
 *
 * Each seed makes a small cluster of every kind of object in each version of Cilium, and a larger one in one of them; each takes
 * 10,000 random events, with questions in between. Prints the seed of each run that differs, with what differs after the fewest
 * steps that were found. Exits with 1 where one differs.
 */
import { Option } from 'commander';
import { program, runProgram, wholeNumberFrom } from '../support/program.ts';
import { failureOf } from './failure-text.ts';
import { generatedRun, smallRun, VERSIONS, type RunPlan } from './runs.ts';

const CLUSTERS = ['small', 'generated', 'both'] as const;

interface Options {
  readonly runs: number;
  readonly seed: number;
  readonly events: number;
  readonly every: number;
  readonly cluster: (typeof CLUSTERS)[number];
}

const SCALE = 0.003;
const GENERATED_EVERY = 10;
const VERSIONS_SET = VERSIONS.filter((cilium) => cilium !== undefined);

function main({ runs, seed, events, every, cluster }: Options): void {
  process.stdout.write(`seeds ${seed} to ${seed + runs - 1}, ${events} events each\n`);
  let [failed, tried] = [0, 0];
  for (let one = seed; one < seed + runs; one += 1) {
    const started = performance.now();
    for (const failure of failuresOf({ seed: one, events, every }, cluster)) {
      tried += 1;
      if (failure === undefined) continue;
      failed += 1;
      process.stdout.write(`${failure}\n`);
    }
    const seconds = ((performance.now() - started) / 1000).toFixed(0);
    process.stderr.write(`seed ${one}: ${one - seed + 1} of ${runs}, ${seconds} s, ${failed} of ${tried} differ\n`);
  }
  process.stdout.write(`${failed} of ${tried} runs differ\n`);
  if (failed > 0) process.exitCode = 1;
}

function* failuresOf(plan: Omit<RunPlan, 'cilium'>, cluster: Options['cluster']): Iterable<string | undefined> {
  if (cluster !== 'generated') {
    for (const cilium of VERSIONS) yield failureOf(smallRun({ ...plan, cilium }), 'small');
  }
  if (cluster === 'small') return;
  const cilium = VERSIONS_SET[plan.seed % VERSIONS_SET.length];
  const every = plan.every * GENERATED_EVERY;
  yield failureOf(generatedRun({ ...plan, cilium, every, scale: SCALE }), 'generated');
}

const command = program({
  script: 'test:incremental',
  purpose: 'Holds stores that are kept up event by event against stores that are built from nothing.',
  more: 'Exit codes: 0 no run differs, 1 one does, 2 wrong options.',
})
  .option('--runs <number>', 'seeds, one after the other', wholeNumberFrom(1), 100)
  .option('--seed <number>', 'the first of them', wholeNumberFrom(0), 1)
  .option('--events <number>', 'of each run', wholeNumberFrom(1), 10_000)
  .option(
    '--every <steps>',
    'steps between two comparisons of a small cluster; ten times as many of a generated one',
    wholeNumberFrom(1),
    200,
  )
  .addOption(new Option('--cluster <cluster>', 'which of the clusters').choices(CLUSTERS).default('both'))
  .action(main);

await runProgram(command);
