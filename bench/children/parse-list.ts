/**
 * JSON.parse of recorded lists, page by page, and nothing else: what no cold start can do without.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { argument } from './argument.ts';
import { cpuMs, report } from './reporting.ts';

const folder = argument(0);
const start = cpuMs();
for (const page of await readdir(folder)) JSON.parse(await readFile(join(folder, page), 'utf8'));
report({ type: 'measured', figures: { cpuMs: cpuMs() - start } });
