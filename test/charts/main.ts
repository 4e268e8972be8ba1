/**
 * `npm run manifests`: writes deploy/ from the chart, and the schema of its values from that of the configuration.
 *
 * Needs helm, which is built with Go the first time and kept where `npm run e2e` keeps its programs.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildHelm } from '../e2e/chart-tools.ts';
import { renderedFiles, ROOT } from './rendered.ts';
import { sums, SUMS } from './sums.ts';
import { VALUES_SCHEMA, valuesSchema } from './values-schema.ts';

const BUILD_BUDGET_MS = 1_200_000;

await buildHelm((line) => console.log(line), AbortSignal.timeout(BUILD_BUDGET_MS));
write(VALUES_SCHEMA, await valuesSchema());
for (const [file, text] of await renderedFiles()) write(file, text);
write(SUMS, sums());

function write(file: string, text: string): void {
  writeFileSync(join(ROOT, file), text);
}
