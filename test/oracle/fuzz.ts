/**
 * Random cases, answered by the product and by Cilium: `npm run oracle:fuzz -- --version 1.20 --count 10000 --seed 1`.
 *
 * Case i of a seed is always the same case, whatever the count: `--from i --count 1` asks it again. `--kind` limits the kinds,
 * `--coverage` prints which beliefs about Cilium were put to the test, `--fields` which fields were there. Prints the first
 * differences as cases that `oracle:record` and `conformance:answer` take. Exits with 1 when something differs.
 */
import { Option } from 'commander';
import { seededRandom, type Random } from '../support/hostile-random.ts';
import { program, runProgram, wholeNumberFrom } from '../support/program.ts';
import { caseFor, type Case } from './case.ts';
import { compare, compareOnce } from './compare.ts';
import { fieldsIn } from './coverage/fields.ts';
import { differenceLines } from './difference.ts';
import { filterQuestion, identityQuestion } from './generate/identity-case.ts';
import { sanitizeQuestion } from './generate/sanitize-case.ts';
import { worldCase } from './generate/world.ts';
import { isAdmitted } from './judge.ts';
import type { OracleBuild } from './minors.ts';
import { shrink } from './shrink.ts';
import { Tally } from './tally.ts';
import { versionOption } from './version-option.ts';

const BATCH = 500;
/** Differences that are made smaller, and of those the shapes that are shown. */
const SHRUNK = 30;
const SHOWN = 8;

export const KINDS = {
  identity: (random: Random) => ({ question: identityQuestion(random) }),
  filter: (random: Random) => ({ question: filterQuestion(random) }),
  sanitize: (random: Random) => ({ question: sanitizeQuestion(random) }),
  map: (random: Random) => ({ world: worldCase(random) }),
} as const;
export type Kind = keyof typeof KINDS;

interface Plan {
  readonly build: OracleBuild;
  readonly seed: number;
  readonly from: number;
  readonly count: number;
  readonly kinds: readonly Kind[];
}

/** Kinds take turns, so that any stretch of cases has all of them. */
export function caseNumber(index: number, { build, seed, kinds }: Omit<Plan, 'from' | 'count'>): Case {
  const kind = kinds[index % kinds.length] ?? 'map';
  const random = seededRandom(Math.imul(seed, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b));
  return caseFor(build.cilium, KINDS[kind](random));
}

async function run(plan: Plan): Promise<Tally> {
  const tally = new Tally();
  const end = plan.from + plan.count;
  for (let start = plan.from; start < end; start += BATCH) {
    const cases = Array.from({ length: Math.min(BATCH, end - start) }, (_, offset) => caseNumber(start + offset, plan));
    const outcomes = await compare(plan.build, cases);
    for (const [offset, outcome] of outcomes.entries()) {
      const asked = cases[offset];
      if (asked !== undefined) tally.note(start + offset, asked, outcome);
    }
    console.error(`${start - plan.from + cases.length} of ${plan.count}, ${tally.differences.length} different`);
  }
  return tally;
}

/** One difference of each shape: many cases meet the same fault. */
async function show({ build }: Plan, { differences }: Tally): Promise<void> {
  const shapes = new Set<string>();
  for (const { index, asked } of differences.slice(0, SHRUNK)) {
    const smallest = await shrink(build, asked);
    const shape = shapeOf(smallest);
    if (shapes.has(shape) || shapes.size === SHOWN) continue;
    shapes.add(shape);
    const [outcome] = await compareOnce(build, [smallest]);
    console.log(`\ncase ${index} differs; smallest form:\n${JSON.stringify(smallest)}`);
    if (outcome?.kind !== 'different') continue;
    for (const line of differenceLines(outcome.product, outcome.cilium)) console.log(line);
    if (!isAdmitted(outcome.answer)) console.log('  the schema of the CRD keeps this object out');
  }
}

/** The names of its fields; which direction a rule is for makes no other fault. */
function shapeOf(asked: Case): string {
  const names = [...fieldsIn(asked)].map((path) => path.slice(path.lastIndexOf('.') + 1));
  return [...new Set(names.map((name) => name.replace(/^(ingress|egress|from|to)/, '')))].sort().join(' ');
}

interface FuzzOptions {
  readonly version: OracleBuild;
  readonly count: number;
  readonly seed: number;
  readonly from: number;
  readonly kind: readonly Kind[];
  readonly coverage?: boolean;
  readonly fields?: boolean;
}

async function main({ version, kind, coverage, fields, ...stretch }: FuzzOptions): Promise<void> {
  const plan: Plan = { build: version, kinds: kind, ...stretch };
  console.log(`Cilium ${plan.build.cilium}, seed ${plan.seed}, cases ${plan.from} to ${plan.from + plan.count - 1}`);
  const tally = await run(plan);
  for (const line of tally.lines()) console.log(line);
  if (coverage === true) for (const line of tally.rows.lines()) console.log(line);
  if (fields === true) for (const line of tally.fields.lines()) console.log(line);
  await show(plan, tally);
  if (tally.differences.length > 0) process.exitCode = 1;
}

const MORE = `Case i of a seed is always the same case of its kinds: --from i --count 1 asks it again. A difference is made smaller and printed as
a case for oracle:record and conformance:answer.

  npm run oracle:fuzz -- --version 1.20 --count 10000 --seed 3 --kind map --coverage

Exit codes: 0 no difference, 1 differences, 2 the oracle is not built or the command line is wrong.`;

if (import.meta.main) {
  const kinds = Object.keys(KINDS);
  const command = program({
    script: 'oracle:fuzz',
    purpose: 'Puts random cases to Cilium and to the product, and shows where they differ.',
    more: MORE,
  })
    .addOption(versionOption())
    .option('--count <n>', 'how many cases', wholeNumberFrom(0), 1000)
    .option('--seed <n>', 'which random cases', wholeNumberFrom(0), 1)
    .option('--from <i>', 'the first of them', wholeNumberFrom(0), 0)
    .addOption(new Option('--kind <kind...>', 'cases of what; they take turns').choices(kinds).default(kinds))
    .option('--coverage', 'how many cases put each belief about Cilium to the test')
    .option('--fields', 'how many cases had each field')
    .action(main);
  await runProgram(command);
}
