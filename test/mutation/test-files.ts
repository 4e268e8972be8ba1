/**
 * The tests that a mutant of src/cilium is put to: its own, and the recorded answers of Cilium. What only the tests of the rooms
 * upon it would find is a gap of its own tests, and counts as one.
 */
import { globSync } from 'node:fs';
import { repository } from './repository.ts';

/** Of the properties, those about a policy map alone. */
const PATTERNS = [
  'test/unit/cilium/**/*.test.ts',
  'test/conformance/**/*.test.ts',
  'test/properties/{authenticated-map,policy-map,tiers}.test.ts',
];

/** Absolute. `among`: only those of them. */
export function testFiles(among = '**'): readonly string[] {
  const chosen = new Set(globSync(among, { cwd: repository('') }));
  return globSync(PATTERNS, { cwd: repository('') })
    .filter((file) => chosen.has(file))
    .sort()
    .map(repository);
}
