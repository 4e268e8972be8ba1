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

/** Absolute. */
export function testFiles(): readonly string[] {
  return globSync(PATTERNS, { cwd: repository('') })
    .sort()
    .map(repository);
}
