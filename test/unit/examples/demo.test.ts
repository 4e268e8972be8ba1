/** The demo runs from a clean checkout, and every answer is what the name of its file promises. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { startDemoServer } from '../../../examples/demo/server.ts';
import { ROOT } from './manifests.ts';

test('npm run demo shows every review and ends with 0', async () => {
  const child = spawn(process.execPath, [join(ROOT, 'examples/demo.ts')], { stdio: ['ignore', 'pipe', 'pipe'] });
  const [output, errors, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit') as Promise<[number | null]>,
  ]);
  assert.equal(code, 0, output + errors);
  for (const file of readdirSync(join(ROOT, 'examples/reviews'))) assert.ok(output.includes(`# ${file}`), file);
  assert.ok(output.includes('pod/frontend-'));
  assert.ok(
    output.includes('admission webhook "pods.cilium-bulkhead.io" denied the request: [identity-churn/label-churn]'),
  );
  assert.ok(output.includes('Warning: [deny-contradiction/partial-allow]'));
});

test('a server that does not start says why', async () => {
  await assert.rejects(startDemoServer({ mode: 'strict', readyWithinMs: 60_000 }), /--mode/);
});
