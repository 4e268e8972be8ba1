/**
 * `npm run image`: is what the Dockerfile puts into the image enough to start and to serve, and is there nothing else in it?
 *
 * Its steps are done in a temporary folder, and what comes of them is started as its user, in its environment, with its command.
 * Not tried: the base image, and building for other machines. Exit codes: 0 all holds, 1 something does not.
 */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readAnswer } from '../../examples/demo/admission.ts';
import { postReview } from '../../examples/demo/post.ts';
import { addressesOf, stopChild } from '../../examples/demo/server.ts';
import { buildIn, type ScratchImage } from './scratch-image.ts';

const ROOT = join(import.meta.dirname, '../..');
const REVIEW = join(ROOT, 'examples/reviews/02-label-churn.json');
const READY_WITHIN_MS = 60_000;
const EXIT_ERROR = 2;

const folder = mkdtempSync(join(tmpdir(), 'cilium-bulkhead-image-'));
try {
  chmodSync(folder, 0o755);
  const image = buildIn(folder);
  holdsProductionDependenciesOnly(image);
  holdsNothingThatItsUserMayChange(image);
  endsWithoutACluster(image);
  await serves(image, join(folder, 'certs'));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function holdsProductionDependenciesOnly({ workdir }: ScratchImage): void {
  const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as Lock;
  const installed = JSON.parse(readFileSync(join(workdir, 'node_modules/.package-lock.json'), 'utf8')) as Lock;
  const expected = Object.entries(lock.packages).filter(([path, { dev }]) => path !== '' && dev !== true);
  const required = expected.filter(([, { optional }]) => optional !== true).map(([path]) => path);
  const found = Object.keys(installed.packages);
  assert.deepEqual(
    found.filter((path) => !expected.some(([one]) => one === path)),
    [],
  );
  assert.deepEqual(
    required.filter((path) => !found.includes(path)),
    [],
  );
  const native = readdirSync(workdir, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.node'));
  assert.deepEqual(native, []);
  say(`${found.length} packages, all of production, nothing native`);
}

interface Lock {
  readonly packages: Readonly<Record<string, { readonly dev?: boolean; readonly optional?: boolean }>>;
}

function holdsNothingThatItsUserMayChange({ root, user, workdir }: ScratchImage): void {
  assert.notEqual(user.uid, 0);
  const files = readdirSync(root, { recursive: true, withFileTypes: true });
  let bytes = 0;
  for (const { parentPath, name } of files) {
    const path = join(parentPath, name);
    const { uid, mode, size } = lstatSync(path);
    const isLink = lstatSync(path).isSymbolicLink();
    assert.ok(uid !== user.uid && (isLink || (mode & 0o002) === 0), `${path} can be changed`);
    if (path.startsWith(workdir)) bytes += size;
  }
  say(`${files.length} files and folders, ${(bytes / 2 ** 20).toFixed(0)} MiB without Node, none of user ${user.uid}`);
}

/** Nothing but what the image says: only root may become its user. */
function surroundings({ workdir, user, env }: ScratchImage) {
  return { cwd: workdir, env: { ...env }, ...(process.getuid?.() === 0 ? user : {}) };
}

function endsWithoutACluster(image: ScratchImage): void {
  const { status, stderr } = spawnSync(image.node, image.command, { ...surroundings(image), encoding: 'utf8' });
  assert.equal(status, EXIT_ERROR, stderr);
  say(`without a cluster it ends: ${stderr.trim().split('\n')[0] ?? ''}`);
}

async function serves(image: ScratchImage, certDir: string): Promise<void> {
  mkdirSync(certDir, { mode: 0o700 });
  if (process.getuid?.() === 0) chownSync(certDir, image.user.uid, image.user.gid);
  const where = ['--listen', '127.0.0.1:0', '--ops-listen', '127.0.0.1:0', '--cert-dir', certDir];
  const args = [...image.command, '--demo', '--mode', 'enforce', ...where];
  const child = spawn(image.node, args, { ...surroundings(image), stdio: ['ignore', 'pipe', 'pipe'] });
  try {
    const { webhook, operations } = await addressesOf(child, READY_WITHIN_MS);
    const ready = await fetch(new URL('/readyz', operations));
    assert.equal(ready.status, 200);
    const ca = readFileSync(join(certDir, 'ca.crt'), 'utf8');
    const { status, body } = await postReview(webhook, ca, readFileSync(REVIEW, 'utf8'));
    assert.equal(status, 200);
    const answer = readAnswer(JSON.parse(body));
    assert.ok(answer.ok && !answer.value.allowed, body);
    assert.match(answer.value.message, /label-churn/);
    say('it is ready, and denies examples/reviews/02-label-churn.json');
  } finally {
    await stopChild(child);
  }
}

function say(line: string): void {
  console.log(`image: ${line}`);
}
