/**
 * The version of this program, from its package.json: the same file from source and from dist.
 */
import { readFileSync } from 'node:fs';

export const VERSION = readVersion();

function readVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  const { version } = JSON.parse(text) as { readonly version: string };
  return version;
}
