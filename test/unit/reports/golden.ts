/**
 * Compares a text with the file that holds what it should be. `UPDATE_GOLDEN=1` writes the files; read the diff then.
 */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';

const FOLDER = new URL('../../golden/reports/', import.meta.url);

export function assertGolden(name: string, actual: string): void {
  const file = new URL(name, FOLDER);
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(file, actual);
  assert.equal(actual, readFileSync(file, 'utf8'), `${name} differs`);
}
