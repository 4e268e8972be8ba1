/** The Dockerfile copies what exists and starts what the build makes. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { at, ROOT } from './manifests.ts';

interface Instruction {
  readonly name: string;
  readonly argument: string;
}

interface Stage {
  readonly base: string;
  readonly instructions: readonly Instruction[];
}

const stages = stagesOf(readFileSync(join(ROOT, 'Dockerfile'), 'utf8'));
const last = stages.at(-1);

function instructionsOf(text: string): readonly Instruction[] {
  const lines = text
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .join('\n')
    .replaceAll('\\\n', ' ')
    .split('\n');
  return lines.flatMap((line) => {
    const match = /^([A-Z]+) +(.*)$/.exec(line);
    return match === null ? [] : [{ name: match[1] ?? '', argument: match[2] ?? '' }];
  });
}

function stagesOf(text: string): readonly Stage[] {
  const result: { base: string; instructions: Instruction[] }[] = [];
  for (const instruction of instructionsOf(text)) {
    if (instruction.name === 'FROM') result.push({ base: instruction.argument, instructions: [] });
    else result.at(-1)?.instructions.push(instruction);
  }
  return result;
}

/** What a stage copies from the build context. */
function copiedFromContext(stage: Stage): readonly string[] {
  return stage.instructions
    .filter(({ name, argument }) => name === 'COPY' && !argument.startsWith('--from='))
    .flatMap(({ argument }) => argument.split(/ +/).slice(0, -1));
}

/** Docker's rule: the last pattern that matches a path or a folder above it decides. Plain patterns and `dir/*` only. */
function isIgnored(path: string): boolean {
  let ignored = false;
  for (const line of readFileSync(join(ROOT, '.dockerignore'), 'utf8').split('\n')) {
    const pattern = line.replace(/^!/, '');
    if (pattern === '' || pattern.startsWith('#') || !matches(pattern, path)) continue;
    ignored = !line.startsWith('!');
  }
  return ignored;
}

function matches(pattern: string, path: string): boolean {
  const folder = pattern.replace(/\*$/, '');
  if (pattern.endsWith('*')) return path.startsWith(folder) && path.length > folder.length;
  return path === pattern || path.startsWith(`${pattern}/`);
}

test('everything that is copied exists and is sent to the builder', () => {
  const copied = stages.flatMap(copiedFromContext);
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
  const command = last?.instructions.find(({ name }) => name === 'CMD')?.argument ?? '[]';
  const packageJson: unknown = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  assert.deepEqual(JSON.parse(command), ['dist/cli/bin.js', 'serve']);
  assert.equal(at(packageJson, 'bin', 'cilium-bulkhead'), 'dist/cli/bin.js');
});

test('the image has no shell, is not root and holds production dependencies only', () => {
  assert.equal(last?.base, 'gcr.io/distroless/nodejs24-debian13:nonroot');
  assert.ok(last.instructions.some(({ name, argument }) => name === 'USER' && argument === '65532:65532'));
  assert.deepEqual(
    last.instructions.filter(({ name }) => name === 'RUN'),
    [],
  );
  const modules = last.instructions.find(({ argument }) => argument.endsWith('./node_modules'));
  const from = /^--from=(\w+)/.exec(modules?.argument ?? '')?.[1] ?? '';
  const source = stages.find((stage) => stage.base.endsWith(` AS ${from}`));
  const installs = source?.instructions.filter(({ argument }) => argument.includes('npm ')) ?? [];
  assert.deepEqual(
    installs.map(({ argument }) => argument.endsWith('npm ci --omit=dev')),
    [true],
  );
});
