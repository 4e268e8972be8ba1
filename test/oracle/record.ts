/**
 * Records Cilium's answers: `npm run -s oracle:record -- --version 1.20 < cases.ndjson > answers.ndjson`.
 *
 * A line in, a line out, in order. A line that is no case is answered with `{"error": ...}`, as the oracle answers it. Each case
 * is asked `--times` times, since the order of a Go map can decide an answer.
 */
import { text } from 'node:stream/consumers';
import { program, runProgram, wholeNumberFrom } from '../support/program.ts';
import { ask } from './ask.ts';
import { caseFor, type Case } from './case.ts';
import type { OracleBuild } from './minors.ts';
import { settle } from './settle.ts';
import { versionOption } from './version-option.ts';

const MORE = `npm run -s oracle:record -- --version 1.20 < cases.ndjson > answers.ndjson

A line is {"op": ..., "question": ...}, {"op": "map", "world": ...}, or a line of test/conformance/ with its old answers. A line that is
no case is answered with {"error": ...}. What differs from run to run is marked "nondeterministic".

Exit codes: 0 all lines have an answer, 2 the oracle is not built or the command line is wrong.`;

/** Lines that are asked in one process. */
const BATCH = 2000;

interface Line {
  readonly op: string;
  readonly text: string;
}

/** What is no case goes to the oracle as it is, which says what is wrong with it. */
function lineFor(cilium: string, written: string): Line {
  try {
    const asked: Case = caseFor(cilium, JSON.parse(written));
    return { op: asked.op, text: JSON.stringify(asked) };
  } catch {
    return { op: 'none', text: written };
  }
}

async function record(build: OracleBuild, lines: readonly Line[], times: number): Promise<void> {
  const answers = await ask(
    build,
    lines.flatMap((line) => Array.from({ length: times }, () => line.text)),
  );
  for (const [index, { op }] of lines.entries()) {
    const settled = settle(op, answers.slice(index * times, (index + 1) * times));
    process.stdout.write(`${JSON.stringify(settled)}\n`);
  }
}

interface RecordOptions {
  readonly version: OracleBuild;
  readonly times: number;
}

async function main({ version, times }: RecordOptions): Promise<void> {
  const written = (await text(process.stdin)).split('\n').filter((line) => line.trim() !== '');
  const lines = written.map((line) => lineFor(version.cilium, line));
  const perProcess = Math.max(1, Math.floor(BATCH / times));
  for (let start = 0; start < lines.length; start += perProcess) {
    await record(version, lines.slice(start, start + perProcess), times);
  }
}

if (import.meta.main) {
  const purpose = "Records Cilium's answers: a case a line on stdin, an answer a line on stdout, in order.";
  const command = program({ script: 'oracle:record', purpose, more: MORE })
    .addOption(versionOption())
    .option('--times <n>', 'how often each case is asked: the order of a Go map can decide', wholeNumberFrom(1), 24)
    .action(main);
  await runProgram(command);
}
