/**
 * deploy/SHA256SUMS: which state of the chart the files in deploy/ were made from, and which files those were.
 *
 * So whoever has no helm still sees that one was changed without the other. `sha256sum -c deploy/SHA256SUMS` says it, too.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CHART, RENDERED_FILES, ROOT } from './rendered.ts';

export const SUMS = 'deploy/SHA256SUMS';

export function sums(): string {
  return [...sourceFiles(), ...RENDERED_FILES]
    .map((file) => `${sha256(readFileSync(join(ROOT, file)))}  ${file}\n`)
    .join('');
}

/** All that a rendering can depend on: not the values that only tests have. */
function sourceFiles(): readonly string[] {
  return readdirSync(join(ROOT, CHART), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.endsWith('/ci') && !entry.name.endsWith('.md'))
    .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length + 1))
    .sort();
}

function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
