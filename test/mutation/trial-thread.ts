/**
 * The thread of one trial (trial.ts): tells the first test that fails, or that none does.
 */
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { run } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import { mutated, type Mutant } from './mutant.ts';
import { repository } from './repository.ts';
import type { Outcome } from './trial.ts';

const { mutant, testFiles } = workerData as { readonly mutant?: Mutant; readonly testFiles: readonly string[] };

if (mutant !== undefined) {
  const mutatedUrl = pathToFileURL(repository(mutant.file)).href;
  registerHooks({
    load(url, context, next) {
      if (url !== mutatedUrl) return next(url, context);
      const source = mutated(mutant, readFileSync(fileURLToPath(url), 'utf8'));
      return { format: 'module-typescript', source, shortCircuit: true };
    },
  });
}

const tell = (outcome: Outcome): void => parentPort?.postMessage(outcome);
const stream = run({ files: [...testFiles], isolation: 'none' });
stream.once('test:fail', ({ name }) => tell({ kind: 'found', by: name }));
stream.once('end', () => tell({ kind: 'survived' }));
stream.resume();
