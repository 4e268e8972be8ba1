/**
 * The one place where a command meets its process: arguments, streams, signals, exit code.
 */
import { once } from 'node:events';
import { readEnvironment } from './environment.ts';
import { run } from './main.ts';

export async function runProcess(): Promise<void> {
  endWithItsReader();
  process.exitCode = await run(process.argv.slice(2), {
    stdout: process.stdout,
    stderr: process.stderr,
    ...readEnvironment(),
    terminated: firstSignal,
  });
}

/** `cilium-bulkhead audit | head`: what nobody reads any more is no error. */
function endWithItsReader(): void {
  process.stdout.on('error', (error: Error) => {
    if ('code' in error && error.code === 'EPIPE') process.exit();
    throw error;
  });
}

async function firstSignal(): Promise<string> {
  return Promise.race(
    ['SIGTERM', 'SIGINT'].map(async (signal) => {
      await once(process, signal);
      return signal;
    }),
  );
}
