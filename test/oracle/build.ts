/**
 * Builds the oracle of every minor, or of those that are named: `npm run oracle:build [-- 1.20 ...]`.
 *
 * Needs Go (see go.mod) and, the first time, the Go module proxy. Cost: some 900 packages a minor, several minutes and
 * gigabytes of Go's build cache the first time, seconds after that. A module at a time, since each wants the machine.
 */
import { spawnSync } from 'node:child_process';
import { Argument } from 'commander';
import { CannotRun, program, runProgram } from '../support/program.ts';
import { BUILDS, type OracleBuild } from './minors.ts';
import { readBuild } from './version-option.ts';

const MORE = `ORACLE_BUILD_JOBS says how many packages Go compiles at a time (2).
The first build of a minor takes 5 to 8 minutes on two cores and gigabytes of Go's build cache; after that, seconds.

Exit codes: 0 all are built, 1 a build failed, 2 Go is missing or the command line is wrong.`;

/** What is wrong with the Go at hand, if anything. */
function missingGo(): string | undefined {
  const { error, status, stderr } = spawnSync('go', ['version'], { encoding: 'utf8' });
  if (error !== undefined) return `Go is needed to build the oracle, and "go" does not run: ${error.message}`;
  return status === 0 ? undefined : `"go version" failed: ${stderr.trim()}`;
}

function build({ minor, cilium, folder, binary }: OracleBuild): boolean {
  const start = performance.now();
  console.error(`Cilium ${cilium}: building; the first time takes minutes`);
  // Without symbols a binary is a third smaller. No -trimpath and no tags: they would build every package anew.
  const args = ['build', '-p', process.env['ORACLE_BUILD_JOBS'] ?? '2', '-ldflags', '-s -w', '-o', binary, '.'];
  const { status, error } = spawnSync('go', args, { cwd: folder, stdio: ['ignore', 'inherit', 'inherit'] });
  const seconds = ((performance.now() - start) / 1000).toFixed(0);
  if (status === 0) console.error(`Cilium ${cilium}: built in ${seconds} s`);
  else console.error(`Cilium ${cilium}: the build of ${minor} failed after ${seconds} s ${error?.message ?? ''}`);
  return status === 0;
}

function main(builds: readonly OracleBuild[]): void {
  const problem = missingGo();
  if (problem !== undefined) throw new CannotRun(problem);
  for (const one of builds) if (!build(one)) process.exitCode = 1;
}

/** Those that are named, each once. */
function addBuild(text: string, before: readonly OracleBuild[] | undefined): readonly OracleBuild[] {
  return [...new Set([...(before ?? []), readBuild(text)])];
}

if (import.meta.main) {
  const versions = new Argument('[minors...]', `which ones: ${BUILDS.map(({ minor }) => minor).join(', ')}`);
  const command = program({
    script: 'oracle:build',
    purpose: "Builds the programs that answer as Cilium's.",
    more: MORE,
  })
    .addArgument(versions.argParser(addBuild))
    .action((named: readonly OracleBuild[]) => main(named.length === 0 ? BUILDS : named));
  await runProgram(command);
}
