/**
 * `npm run test:work`: how much work decisions and events are, and what of it changed; `-- --write` makes it what is expected.
 */
import { program, runProgram } from '../support/program.ts';
import { baseline, changedCounts, countedWork, REWRITE, writeBaseline, type WorkCounts } from './baseline.ts';

function main({ write = false }: { readonly write?: boolean }): void {
  const counted = countedWork();
  if (!write) process.stdout.write(`${table(counted)}\n`);
  for (const line of changedCounts(baseline(), counted)) process.stdout.write(`${line}\n`);
  if (write) writeBaseline(counted);
  else if (changedCounts(baseline(), counted).length > 0) process.exitCode = 1;
}

/** One line for each decision, the steps first. */
function table(counts: WorkCounts): string {
  const lines = Object.entries(counts).flatMap(([version, works]) => [
    `Cilium ${version}`,
    ...Object.entries(works).map(([work, counters]) => {
      const texts = Object.entries(counters).map(([counter, count]) => `${counter} ${count}`);
      return `  ${work}: ${texts.join(', ')}`;
    }),
  ]);
  return lines.join('\n');
}

const command = program({
  script: 'test:work',
  purpose: 'Counts the work of decisions and events on a small generated cluster, and says what of it changed.',
  more: `Exit codes: 0 nothing changed by more than two percent, 1 something did (${REWRITE} makes it what is expected), 2 wrong options.`,
})
  .option('--write', 'expect these counts from now on')
  .action(main);

await runProgram(command);
