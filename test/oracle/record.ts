/**
 * Records Cilium's answers: `npm run -s oracle:record -- --version 1.20 < cases.ndjson > answers.ndjson`.
 *
 * A line in, a line out, in order. A line that is no case is answered with `{"error": ...}`, as the oracle answers it.
 */
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { ask } from './ask.ts';
import { caseFor } from './case.ts';
import { buildOf } from './minors.ts';

/** What is no case goes to the oracle as it is, which says what is wrong with it. */
function lineFor(cilium: string, line: string): string {
  try {
    return JSON.stringify(caseFor(cilium, JSON.parse(line)));
  } catch {
    return line;
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { version: { type: 'string' } } });
  const build = buildOf(values.version ?? '');
  const lines = (await text(process.stdin)).split('\n').filter((line) => line.trim() !== '');
  const answers = await ask(
    build,
    lines.map((line) => lineFor(build.cilium, line)),
  );
  for (const answer of answers) process.stdout.write(`${JSON.stringify(answer)}\n`);
}

if (import.meta.main) await main();
