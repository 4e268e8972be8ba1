/**
 * A short name for what a configuration says, so that a decision can be told from one under another configuration.
 *
 * Two configurations have the same name if they say the same: the text of the file does not matter, nor whether the command
 * line said it. Cost: once for each configuration.
 */
import { createHash } from 'node:crypto';
import type { Config } from './settings.ts';

const CHARACTERS = 12;

const versions = new WeakMap<Config, string>();

export function settingsVersion(config: Config): string {
  const known = versions.get(config);
  if (known !== undefined) return known;
  const version = createHash('sha256').update(JSON.stringify(config, entriesOf)).digest('hex').slice(0, CHARACTERS);
  versions.set(config, version);
  return version;
}

/** Maps and sets as lists; JSON would leave out what is in them. */
function entriesOf(_key: string, value: unknown): unknown {
  return value instanceof Map || value instanceof Set ? [...(value as Iterable<unknown>)] : value;
}
