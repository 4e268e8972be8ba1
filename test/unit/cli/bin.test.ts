import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, test } from 'node:test';
import { nodeVersionProblem } from '../../../src/cli/node-version.ts';

const BIN = fileURLToPath(new URL('../../../src/cli/bin.ts', import.meta.url));

describe('the installed command', () => {
  test('is a program of Node', () => {
    assert.ok(readFileSync(BIN, 'utf8').startsWith('#!/usr/bin/env node\n'));
  });

  test('says one sentence and exits 2 on a Node that is too old', () => {
    const old = "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.20.2' } });";
    const preload = `data:text/javascript,${encodeURIComponent(old)}`;
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', preload, BIN, 'audit'], {
      encoding: 'utf8',
    });
    assert.deepEqual(
      { status, stdout, stderr },
      { status: 2, stdout: '', stderr: 'cilium-bulkhead needs Node 24 or later; this is Node 20.20.2.\n' },
    );
  });
});

describe('the Node version', () => {
  for (const version of ['24.0.0', '24.21.0', '25.1.0', '100.0.0']) {
    test(`${version} will do`, () => assert.equal(nodeVersionProblem(version), undefined));
  }
  for (const version of ['23.11.1', '18.0.0', '2.4.0', '', 'unknown']) {
    test(`"${version}" will not`, () => assert.match(nodeVersionProblem(version) ?? '', /needs Node 24 or later/));
  }
});
