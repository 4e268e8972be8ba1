/**
 * The command lines of the oracle and of the mutation run: what a person sees who types one for the first time, or types it wrong.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';

interface Ended {
  readonly code: unknown;
  readonly stdout: string;
  readonly stderr: string;
}

function start(file: string, args: readonly string[], env = process.env): Promise<Ended> {
  const path = fileURLToPath(new URL(`../${file}`, import.meta.url));
  return new Promise((resolve) => {
    execFile(process.execPath, [path, ...args], { env }, (error, stdout, stderr) => {
      resolve({ code: error?.code ?? 0, stdout, stderr });
    });
  });
}

async function assertRefused(file: string, args: readonly string[], says: RegExp): Promise<void> {
  const { code, stdout, stderr } = await start(file, args);
  assert.equal(code, 2, stderr);
  assert.equal(stdout, '');
  assert.match(stderr, /^error: [^\n]*\(--help tells more\)\n$/);
  assert.match(stderr, says);
}

const PROGRAMS = [
  ['oracle/build.ts', 'oracle:build', []],
  ['oracle/fuzz.ts', 'oracle:fuzz', ['--version', '1.20']],
  ['oracle/record.ts', 'oracle:record', ['--version', '1.20']],
  ['oracle/sample.ts', 'oracle:sample', []],
  ['oracle/schemas.ts', 'oracle:schemas', []],
  ['oracle/verify.ts', 'oracle:verify', []],
  ['mutation/main.ts', 'mutation', []],
] as const;

/** A folder with a `go` that builds nothing and succeeds. */
function folderWithGo(): string {
  const folder = mkdtempSync(join(tmpdir(), 'cilium-bulkhead-go-'));
  writeFileSync(join(folder, 'go'), '#!/bin/sh\n');
  chmodSync(join(folder, 'go'), 0o755);
  return folder;
}

const BUILT: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ['every minor where none is named', [], ['1.18', '1.19', '1.20']],
  ['those that are named, each once', ['1.20', '1.18', '1.20'], ['1.20', '1.18']],
];

for (const [what, named, built] of BUILT) {
  test(`oracle:build builds ${what}`, async (t) => {
    const folder = folderWithGo();
    t.after(() => rmSync(folder, { recursive: true }));
    const { code, stderr } = await start('oracle/build.ts', named, { ...process.env, PATH: folder });
    assert.equal(code, 0, stderr);
    const minors = [...stderr.matchAll(/^Cilium (\d+\.\d+)\.\d+: built/gm)].map(([, minor]) => minor);
    assert.deepEqual(minors, built);
  });
}

suite('programs for those who work on this repository', { concurrency: 2 }, () => {
  for (const [file, script, needed] of PROGRAMS) {
    test(`npm run ${script} -- --help says how it is used and what it exits with`, async () => {
      const { code, stdout, stderr } = await start(file, ['--help']);
      assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
      assert.ok(stdout.startsWith(`Usage: npm run ${script} -- `), stdout);
      assert.match(stdout, /Exit codes: 0 /);
    });

    test(`npm run ${script} refuses an option that it does not know, in one line`, async () => {
      await assertRefused(file, [...needed, '--nope'], /unknown option '--nope'/);
    });
  }

  const WRONG = [
    ['oracle/build.ts', ['1.17'], /'1\.17' is invalid.*There are 1\.18, /],
    ['oracle/fuzz.ts', ['--version', '1.17'], /'1\.17' is invalid\. There are 1\.18, /],
    ['oracle/fuzz.ts', ['--version', '1.20', '--kind', 'mapp'], /'mapp' is invalid\. Allowed choices are identity, /],
    ['oracle/fuzz.ts', ['--version', '1.20', '--count', '1e9x'], /'1e9x' is invalid\. It is a whole number from 0\./],
    ['oracle/fuzz.ts', ['--version', '1.20', 'map'], /too many arguments/],
    ['oracle/record.ts', ['--version', '1.20', '--times', '0'], /'0' is invalid\. It is a whole number from 1\./],
    ['oracle/record.ts', [], /required option '--version <minor>' not specified/],
  ] as const;
  for (const [file, args, says] of WRONG) {
    test(`${file} ${args.join(' ')} is refused in one line`, () => assertRefused(file, args, says));
  }
});
