/**
 * Builds the oracle of every minor, or of those that are named: `npm run oracle:build [-- 1.20 ...]`.
 *
 * Needs Go (see go.mod) and, the first time, the Go module proxy. Cost: some 900 packages a minor, several minutes and
 * gigabytes of Go's build cache the first time, seconds after that. A module at a time, since each wants the machine.
 */
import { spawnSync } from 'node:child_process';
import { BUILDS, buildOf, type OracleBuild } from './minors.ts';

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

function main(versions: readonly string[]): void {
  const problem = missingGo();
  if (problem !== undefined) {
    console.error(problem);
    process.exitCode = 1;
    return;
  }
  const builds = versions.length === 0 ? BUILDS : versions.map(buildOf);
  for (const one of builds) if (!build(one)) process.exitCode = 1;
}

if (import.meta.main) main(process.argv.slice(2));
