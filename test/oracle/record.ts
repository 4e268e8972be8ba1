/**
 * Records Cilium's answers: `npm run -s oracle:record -- --version 1.20 < cases.ndjson > answers.ndjson`.
 *
 * A line in, a line out, in order. A line that is no case is answered with `{"error": ...}`, as the oracle answers it. Each case
 * is asked `--times` times (24), since the order of a Go map can decide an answer.
 */
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { ask } from './ask.ts';
import { caseFor, type Case } from './case.ts';
import { buildOf, type OracleBuild } from './minors.ts';
import { settle } from './settle.ts';

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

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { version: { type: 'string' }, times: { type: 'string', default: '24' } } });
  const build = buildOf(values.version ?? '');
  const times = Number(values.times);
  if (!Number.isSafeInteger(times) || times < 1) throw new Error(`--times is a number from 1, not "${values.times}"`);
  const written = (await text(process.stdin)).split('\n').filter((line) => line.trim() !== '');
  const lines = written.map((line) => lineFor(build.cilium, line));
  const perProcess = Math.max(1, Math.floor(BATCH / times));
  for (let start = 0; start < lines.length; start += perProcess) {
    await record(build, lines.slice(start, start + perProcess), times);
  }
}

if (import.meta.main) await main();
