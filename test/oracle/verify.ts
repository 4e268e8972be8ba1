/**
 * Asks every recorded case again and compares: `npm run oracle:verify`. Exits with 1 when an oracle says something else
 * than what was recorded.
 */
import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { QUESTION_FILES } from '../conformance/recorded-questions.ts';
import { WORLD_FILES } from '../conformance/recorded-worlds.ts';
import { program, runProgram } from '../support/program.ts';
import { ask, type Answer } from './ask.ts';
import { caseFor } from './case.ts';
import { isWithin, judge } from './judge.ts';
import { BUILDS, type OracleBuild } from './minors.ts';

interface Recorded {
  readonly name?: string;
  readonly world?: { readonly name: string };
  readonly answers: Readonly<Record<string, Answer>>;
}

const RECORDED_FILES = [...QUESTION_FILES, ...WORLD_FILES];

function recordedCases(): readonly Recorded[] {
  return RECORDED_FILES.flatMap((file) =>
    readFileSync(new URL(`../conformance/${file}`, import.meta.url), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Recorded),
  );
}

/** Returns how many differ. */
async function verify(build: OracleBuild, recorded: readonly Recorded[]): Promise<number> {
  const cases = recorded.map((one) => caseFor(build.cilium, one));
  const answers = await ask(
    build,
    cases.map((one) => JSON.stringify(one)),
  );
  let different = 0;
  for (const [index, one] of recorded.entries()) {
    const op = cases[index]?.op ?? '';
    const was = one.answers[build.minor] ?? one.answers['all'] ?? {};
    const is = answers[index] ?? {};
    if (repeats(op, was, is)) continue;
    different++;
    console.error(`${build.cilium} ${op} ${one.name ?? one.world?.name ?? ''}`);
    console.error(`  recorded ${JSON.stringify(judge(op, was))}`);
    console.error(`  answered ${JSON.stringify(judge(op, is))}`);
  }
  return different;
}

/** One of the answers to an undecided question is as good as another; the entries of a world stay within bounds. */
function repeats(op: string, was: Answer, is: Answer): boolean {
  if (was['nondeterministic'] !== true) return isDeepStrictEqual(judge(op, is), judge(op, was));
  return op !== 'map' || isWithin(was, is);
}

async function main(): Promise<void> {
  const recorded = recordedCases();
  for (const build of BUILDS) {
    const different = await verify(build, recorded);
    console.log(
      `Cilium ${build.cilium}: ${recorded.length - different} of ${recorded.length} recorded cases are equal`,
    );
    if (different > 0) process.exitCode = 1;
  }
}

if (import.meta.main) {
  const purpose = `Asks every recorded case of test/conformance/ again, in each minor, and compares (random cases aside).`;
  const more =
    'Exit codes: 0 nothing changed, 1 an oracle says something else than was recorded, 2 an oracle is not built.';
  await runProgram(program({ script: 'oracle:verify', purpose, more }).action(main));
}
