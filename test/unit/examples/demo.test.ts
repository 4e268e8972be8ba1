/** The demo runs from a clean checkout, every answer is what the name of its file promises, and what the pages quote of it. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { before, describe, test } from 'node:test';
import { startDemoServer } from '../../../examples/demo/server.ts';
import { ROOT } from './manifests.ts';

interface Outcome {
  readonly output: string;
  readonly errors: string;
  readonly code: number | null;
}

/** A script of this repository, run in its folder. */
async function outcomeOf(...argv: readonly string[]): Promise<Outcome> {
  const child = spawn(process.execPath, argv, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  const [output, errors, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit') as Promise<[number | null]>,
  ]);
  return { output, errors, code };
}

/** The only fenced block of a page that begins so. */
function quoted(page: string, start: string): string {
  const blocks = readFileSync(join(ROOT, page), 'utf8').split(/^```.*\n/m);
  const found = blocks.filter((block, index) => index % 2 === 1 && block.startsWith(start));
  const [only] = found;
  assert.ok(only !== undefined && found.length === 1, `${page} has ${found.length} blocks that begin with ${start}`);
  return withoutId(only);
}

/** Each decision has an id of its own. */
function withoutId(shown: string): string {
  return shown.replaceAll(/\(decision [0-9a-f]{10}\)/g, '(decision)');
}

describe('npm run demo', () => {
  let demo: Outcome;
  before(async () => {
    demo = await outcomeOf('examples/demo.ts');
  });

  test('shows every review and ends with 0', () => {
    const { output, errors, code } = demo;
    assert.equal(code, 0, output + errors);
    for (const file of readdirSync(join(ROOT, 'examples/reviews'))) assert.ok(output.includes(`# ${file}`), file);
    assert.ok(output.includes('pod/frontend-'));
    assert.ok(
      output.includes('admission webhook "pods.cilium-bulkhead.io" denied the request: [identity-churn/label-churn]'),
    );
    assert.ok(output.includes('Warning: [deny-contradiction/partial-allow]'));
  });

  for (const [page, start] of [
    ['README.md', 'Error from server (Forbidden): '],
    ['docs/checks/policy-map-overflow.md', '[policy-map-overflow] '],
  ] as const) {
    test(`prints the denial that ${page} quotes`, () => {
      const denial = quoted(page, start);
      assert.ok(withoutId(demo.output).includes(denial), `${denial}is not part of\n${demo.output}`);
    });
  }
});

test('the answer of check that README.md quotes is the one that it gives', async () => {
  const argv = ['check', '--demo', '--mode', 'enforce', '-f', 'examples/manifests', '-R'];
  assert.ok(quoted('README.md', 'npm run -s cli -- audit --demo').includes(`-- ${argv.join(' ')} `));
  const { output, errors, code } = await outcomeOf('src/cli/bin.ts', ...argv);
  assert.equal(output, quoted('README.md', 'deny '), errors);
  assert.equal(code, 1);
});

test('a server that does not start says why', async () => {
  await assert.rejects(startDemoServer({ mode: 'strict', readyWithinMs: 60_000 }), /--mode/);
});
