/**
 * The benchmark of the engine as a program, on the smallest cluster.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Verdict } from '../../../../bench/engine/verdicts.ts';

const MAIN = fileURLToPath(new URL('../../../../bench/engine/main.ts', import.meta.url));

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function bench(...args: readonly string[]): Promise<Ran> {
  return new Promise((resolve) => {
    execFile(process.execPath, [MAIN, ...args], (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

const SMALLEST = ['--scale', '0.002', '--versions', '1.20.2'];

test('a run writes its workload, the hash of it, and a verdict for each target', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'bulkhead-test-'));
  t.after(() => rm(folder, { recursive: true }));
  const file = join(folder, 'figures.json');
  const { code, stdout, stderr } = await bench(...SMALLEST, '--targets', 'T7,T8', '--json', file);
  assert.equal(code, 0, stderr);
  const written = JSON.parse(await readFile(file, 'utf8')) as {
    readonly workload: { readonly identities: number };
    readonly sha256: string;
    readonly targets: readonly Verdict[];
  };
  assert.equal(written.workload.identities, 130);
  assert.match(written.sha256, /^[0-9a-f]{64}$/);
  assert.ok(stdout.includes(`sha256 ${written.sha256}`));
  assert.deepEqual(
    written.targets.map(({ id, version }) => `${id} ${version}`),
    ['T7-cold-start 1.20.2', 'T8-rss 1.20.2'],
  );
  for (const { value, limit, pass } of written.targets) assert.equal((value ?? Infinity) <= limit, pass);
});

test('what takes longer than it may is said to be not measured', async () => {
  const { code, stdout } = await bench(...SMALLEST, '--targets', 'T8', '--minutes', '0');
  assert.equal(code, 0);
  assert.match(stdout, /T8-rss: .* not measured/);
  assert.match(stdout, /1\.20\.2: not measured: load at 0\.002: over 0 min/);
});

test('options that mean nothing are refused with one sentence', async () => {
  const refused = async (...args: readonly string[]): Promise<string> => {
    const { code, stderr } = await bench(...args);
    assert.equal(code, 2);
    return stderr;
  };
  assert.equal(await refused('--scale', '7'), '--scale must be a number from 0.002 to 1 (is "7")\n');
  assert.equal(await refused('--targets', 'T5,T6'), '--targets knows T4, T5, T7, T8, T9 (is "T6")\n');
  assert.equal(
    await refused('--versions', '1.2'),
    '--versions must be versions of Cilium that are modelled (is "1.2")\n',
  );
});

test('the help names every target with its limit', async () => {
  const { stdout } = await bench('--help');
  for (const id of ['T4-known', 'T5-ccnp-slice', 'T7-cold-start', 'T8-rss', 'T9-memory'])
    assert.ok(stdout.includes(id));
});
