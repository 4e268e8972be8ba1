/**
 * `npm test`: every test, in two processes side by side.
 *
 * Tests of modules share a process: most take a millisecond, and to load what they test takes a second. Those of the whole webhook
 * and of command lines, which start servers and programs and measure memory, have a process for each file. What these print is
 * printed as it comes, the rest at the end.
 * Exit codes: 0 every test passed, 1 one failed.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** A process for each file. */
const APART = ['test/http/', 'test/stories', 'test/golden'];
const OPTIONS = ['--test', '--test-timeout=60000', '--test-reporter=spec'];

const files = globSync('test/**/*.test.ts', { cwd: ROOT }).sort();
const isApart = (file: string): boolean => APART.some((place) => file.startsWith(place));

async function passes(options: readonly string[], testFiles: readonly string[], output: 'inherit' | 'pipe') {
  const child = spawn(process.execPath, [...OPTIONS, ...options, ...testFiles], {
    cwd: ROOT,
    stdio: ['ignore', output, 'inherit'],
  });
  const printed: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => printed.push(chunk));
  const [code] = (await once(child, 'close')) as [number | null];
  return { printed: Buffer.concat(printed), passed: code === 0 };
}

const [first, second] = await Promise.all([
  passes([`--test-concurrency=${Math.max(1, availableParallelism() - 1)}`], files.filter(isApart), 'inherit'),
  passes(
    ['--test-isolation=none'],
    files.filter((file) => !isApart(file)),
    'pipe',
  ),
]);
process.stdout.write(second.printed);
process.exitCode = first.passed && second.passed ? 0 : 1;
