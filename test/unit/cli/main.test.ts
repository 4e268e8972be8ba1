import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { run } from '../../../src/cli/main.ts';
import { memoryContext, memoryStream } from '../../support/memory-context.ts';

const COMMANDS = [['serve'], ['check'], ['audit'], ['explain', 'pod'], ['explain', 'map'], ['certs']];

describe('help', () => {
  for (const command of COMMANDS) {
    test(`of ${command.join(' ')} has an example, goes to stdout and exits 0`, async () => {
      const context = memoryContext();
      assert.equal(await run([...command, '--help'], context), 0);
      const [, examples = ''] = context.stdout.text().split('display help for command\n');
      assert.ok(examples.includes(`cilium-bulkhead ${command.join(' ')} `), examples);
      assert.equal(context.stderr.text(), '');
    });
  }

  test('is as wide as the terminal', async () => {
    for (const columns of [80, 120]) {
      const context = memoryContext({ stdout: memoryStream({ isTTY: true, columns }) });
      await run(['audit', '--help'], context);
      const [described = ''] = context.stdout.text().split('\nTo save a cluster');
      const widest = Math.max(...described.split('\n').map((line) => line.length));
      assert.ok(widest <= columns && widest > columns - 20, `${widest} of ${columns} columns`);
    }
  });

  test('goes to stderr and exits 2 where no command is named: a script that lost its words must not pass', async () => {
    const context = memoryContext();
    assert.equal(await run([], context), 2);
    assert.match(context.stderr.text(), /^Usage: /);
    assert.equal(context.stdout.text(), '');
  });

  test('the version is that of the package', async () => {
    const context = memoryContext();
    assert.equal(await run(['--version'], context), 0);
    assert.match(context.stdout.text(), /^\d+\.\d+\.\d+\n$/);
  });
});

describe('a fault of our own', () => {
  const broken = (error: Error): ReturnType<typeof memoryContext> => {
    const throwing = (): never => {
      throw error;
    };
    return memoryContext({ stdout: { ...memoryStream(), write: throwing } });
  };

  test('exits 2 and shows where it came about', async () => {
    const context = broken(new Error('never expected'));
    assert.equal(await run(['explain', 'pod', 'vault/vault-0', '--demo'], context), 2);
    assert.match(context.stderr.text(), /^error: Error: never expected\n +at /);
  });

  test('is told from what the system refuses, which is one sentence', async () => {
    const context = broken(Object.assign(new Error('no space left on device'), { code: 'ENOSPC' }));
    assert.equal(await run(['explain', 'pod', 'vault/vault-0', '--demo'], context), 2);
    assert.equal(context.stderr.text(), 'error: no space left on device\n');
  });
});
