/**
 * Records random cases for those who have no Go: `npm run oracle:sample -- --seed 1 --worlds 400 --questions 500`.
 *
 * Of the cases that product and Cilium answer alike in every minor it takes, one after the other, the one that reaches most of what
 * the cases before it did not: rows of beliefs and fields, each for each minor and outcome. A case that Cilium answers in several
 * ways is none. Writes test/conformance/random.ndjson.gz.
 */
import { isDeepStrictEqual } from 'node:util';
import { writeRandomCases, type RandomCase } from '../conformance/random-cases.ts';
import type { Minor } from '../conformance/recorded-worlds.ts';
import { program, runProgram, wholeNumberFrom } from '../support/program.ts';
import { ask } from './ask.ts';
import type { Case } from './case.ts';
import { compareOnce } from './compare.ts';
import { fieldsIn } from './coverage/fields.ts';
import { RowCoverage } from './coverage/rows.ts';
import { caseNumber, type Kind } from './fuzz.ts';
import { comparable } from './judge.ts';
import { BUILDS } from './minors.ts';

/** Candidates for each case that is wanted. */
const CHOICE = 4;
const BATCH = 500;
/** How often a chosen case is asked again in each minor. */
const REPETITIONS = 4;

interface Candidate {
  readonly recorded: RandomCase;
  /** What it reaches, in which minor. */
  readonly reached: readonly string[];
}

const rows = new RowCoverage();

async function candidates(seed: number, kinds: readonly Kind[], count: number): Promise<readonly Candidate[]> {
  const found: Candidate[] = [];
  for (let start = 0; start < count; start += BATCH) {
    found.push(...(await candidatesFrom(start, Math.min(BATCH, count - start), { seed, kinds })));
    console.error(`${kinds.join(', ')}: ${Math.min(start + BATCH, count)} of ${count}, ${found.length} answered alike`);
  }
  return found;
}

async function candidatesFrom(
  start: number,
  count: number,
  { seed, kinds }: { readonly seed: number; readonly kinds: readonly Kind[] },
): Promise<readonly Candidate[]> {
  const answered = await Promise.all(
    BUILDS.map(async (build) => {
      const cases = Array.from({ length: count }, (_, offset) => caseNumber(start + offset, { build, seed, kinds }));
      const outcomes = await compareOnce(build, cases);
      return cases.map((asked, index) => ({ minor: build.minor, asked, outcome: outcomes[index] }));
    }),
  );
  return Array.from({ length: count }, (_, offset) => answered.flatMap((ofMinor) => ofMinor[offset] ?? [])).flatMap(
    (ofCase, offset) => {
      const alike = ofCase.flatMap(({ minor, asked, outcome }) =>
        outcome?.kind === 'equal' ? [{ minor, asked, answer: outcome.answer }] : [],
      );
      const [first] = alike;
      if (first === undefined || alike.length < BUILDS.length) return [];
      const { op, question, world } = first.asked;
      const answers = Object.fromEntries(alike.map(({ minor, answer }) => [minor, comparable(op, answer)]));
      const recorded = { seed, index: start + offset, op, question, world, answers: answers as RandomCase['answers'] };
      return [{ recorded, reached: alike.flatMap((one) => reachedBy(one)) }];
    },
  );
}

function reachedBy({ minor, asked, answer }: { minor: Minor; asked: Case; answer: Parameters<typeof comparable>[1] }) {
  const refused = answer['ok'] === false || 'parseErrors' in answer || 'resolveError' in answer ? 'refused ' : '';
  return [...rows.rowsOf(asked, { answer }), ...fieldsIn(asked)].map((name) => `${minor} ${refused}${name}`);
}

/** Greedy. Once all is reached it is reached again. */
function choose(from: readonly Candidate[], count: number): readonly RandomCase[] {
  const left = new Set(from);
  const chosen: RandomCase[] = [];
  let missing = new Set(from.flatMap(({ reached }) => reached));
  while (chosen.length < count && left.size > 0) {
    const best = [...left].map((one) => ({ one, gain: one.reached.filter((name) => missing.has(name)).length }));
    const { one, gain } = best.reduce((a, b) => (b.gain > a.gain ? b : a));
    if (gain === 0) {
      missing = new Set([...left].flatMap(({ reached }) => reached));
      continue;
    }
    left.delete(one);
    for (const name of one.reached) missing.delete(name);
    chosen.push(one.recorded);
  }
  return chosen;
}

/** Those that Cilium answers in one way. */
async function decided(cases: readonly RandomCase[]): Promise<readonly RandomCase[]> {
  const isDecided = cases.map(() => true);
  for (const build of BUILDS) {
    for (let again = 0; again < REPETITIONS; again++) {
      const lines = cases.map(({ op, question, world }) =>
        JSON.stringify({ cilium: build.cilium, op, question, world }),
      );
      const answers = await ask(build, lines);
      for (const [index, { op, answers: recorded }] of cases.entries()) {
        if (!isDeepStrictEqual(comparable(op, answers[index] ?? {}), recorded[build.minor])) isDecided[index] = false;
      }
    }
  }
  return cases.filter((_, index) => isDecided[index]);
}

interface SampleOptions {
  readonly seed: number;
  readonly worlds: number;
  readonly questions: number;
}

async function main({ seed, worlds, questions }: SampleOptions): Promise<void> {
  const wanted = [
    { kinds: ['map'], count: worlds },
    { kinds: ['identity', 'filter', 'sanitize'], count: questions },
  ] as const;
  const chosen: RandomCase[] = [];
  for (const { kinds, count } of wanted) chosen.push(...choose(await candidates(seed, kinds, count * CHOICE), count));
  const kept = await decided(chosen);
  writeRandomCases(kept);
  console.log(`${kept.length} cases of ${chosen.length}`);
}

const MORE = `Writes test/conformance/random.ndjson.gz, which npm test asks without Go. Of ${CHOICE} random cases for each that is wanted it takes
those that together reach most, and that product and Cilium answer alike in every minor.

Exit codes: 0 written, 2 an oracle is not built or the command line is wrong.`;

if (import.meta.main) {
  const purpose = 'Records random cases for those who have no Go.';
  const command = program({ script: 'oracle:sample', purpose, more: MORE })
    .option('--seed <n>', 'which random cases', wholeNumberFrom(0), 1)
    .option('--worlds <n>', 'how many cases of policy maps', wholeNumberFrom(0), 400)
    .option('--questions <n>', 'how many of identities, filters and policies', wholeNumberFrom(0), 500)
    .action(main);
  await runProgram(command);
}
