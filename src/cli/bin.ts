#!/usr/bin/env node
/**
 * The installed command: looks at the Node version before anything is loaded that needs a new one.
 */
import { EXIT_ERROR } from './exit-codes.ts';
import { nodeVersionProblem } from './node-version.ts';

const problem = nodeVersionProblem(process.versions.node);
if (problem === undefined) {
  const { runProcess } = await import('./process.ts');
  await runProcess();
} else {
  process.stderr.write(`${problem}\n`);
  process.exitCode = EXIT_ERROR;
}
