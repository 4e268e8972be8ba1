/** The Dockerfile copies what exists and starts what the build makes. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { copied, isIgnored, last, stages, type Copied, type Stage } from '../../image/dockerfile.ts';
import { at, ROOT } from './manifests.ts';

const STAGES = stages();
const image = STAGES.at(-1);

/** What a stage copies from the build context. */
function copiedFromContext(stage: Stage): readonly string[] {
  return copies(stage)
    .filter(({ from }) => from === undefined)
    .flatMap(({ sources }) => sources);
}

function copies({ instructions }: Stage): readonly Copied[] {
  return instructions.filter(({ name }) => name === 'COPY').map(({ argument }) => copied(argument));
}

test('everything that is copied exists and is sent to the builder', () => {
  const copied = STAGES.flatMap(copiedFromContext);
  assert.ok(copied.length > 0);
  for (const path of copied) {
    assert.ok(existsSync(join(ROOT, path)), `${path} exists`);
    assert.equal(isIgnored(path), false, `${path} is not ignored`);
  }
});

test('keys, sources of tests and what was installed here are not sent to the builder', () => {
  for (const path of [
    'certs/tls.key',
    'node_modules/express',
    'test/unit',
    'examples/demo.ts',
    '.git/config',
    'dist',
  ]) {
    assert.equal(isIgnored(path), true, path);
  }
});

test('the image starts what the package installs as its command', () => {
  const command = image === undefined ? undefined : last(image, 'CMD');
  const packageJson: unknown = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  assert.deepEqual(JSON.parse(command ?? '[]'), ['dist/cli/bin.js', 'serve']);
  assert.equal(at(packageJson, 'bin', 'cilium-bulkhead'), 'dist/cli/bin.js');
});

test('the image has no shell, is not root and holds production dependencies only', () => {
  assert.equal(image?.base, 'gcr.io/distroless/nodejs24-debian13:nonroot');
  assert.equal(last(image, 'USER'), '65532:65532');
  assert.equal(last(image, 'RUN'), undefined);
  const modules = copies(image).find(({ target }) => target === './node_modules');
  const source = STAGES.find(({ name }) => name === modules?.from);
  const installs = source?.instructions.filter(({ argument }) => argument.includes('npm ')) ?? [];
  assert.deepEqual(
    installs.map(({ argument }) => argument.endsWith('npm ci --omit=dev')),
    [true],
  );
});
