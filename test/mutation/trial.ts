/**
 * Puts a mutant to the tests, in this process: a thread loads the sources anew, with the mutant in the place of its file, and
 * runs test files until the first failure.
 *
 * A thread that does not come to its end is stopped: a mutant that runs for ever is found as well.
 */
import { Worker } from 'node:worker_threads';
import type { Mutant } from './mutant.ts';

/** `survived`: every test passed. */
export type Outcome =
  { readonly kind: 'found'; readonly by: string } | { readonly kind: 'stopped' } | { readonly kind: 'survived' };

export interface Trial {
  /** Absent: the sources as they are. */
  readonly mutant?: Mutant;
  /** Absolute. */
  readonly testFiles: readonly string[];
  readonly limitMs: number;
}

const THREAD = new URL('trial-thread.ts', import.meta.url);

export async function put({ mutant, testFiles, limitMs }: Trial): Promise<Outcome> {
  const worker = new Worker(THREAD, { workerData: { mutant, testFiles }, stdout: true, stderr: true });
  // Neither is read, and a full pipe would hold the thread up.
  worker.stdout.resume();
  worker.stderr.resume();
  const { promise, resolve } = Promise.withResolvers<Outcome>();
  worker.once('message', resolve);
  worker.once('error', (error: unknown) => resolve({ kind: 'found', by: String(error) }));
  worker.once('exit', () => resolve({ kind: 'found', by: 'the end of the thread before that of the tests' }));
  const timer = setTimeout(() => resolve({ kind: 'stopped' }), limitMs);
  const outcome = await promise;
  clearTimeout(timer);
  await worker.terminate();
  return outcome;
}
