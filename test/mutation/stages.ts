/**
 * Which tests a mutant is put to, and in which order: those of its own folder, then the recorded answers of Cilium, then all of
 * src/cilium. Most mutants are found in the first stages, so that most trials are short. What only the tests of the rooms upon it
 * would find is a gap of its own tests, and counts as one.
 */
import { globSync } from 'node:fs';
import { dirname } from 'node:path';
import { repository } from './repository.ts';

/** Test files, absolute. */
export type Stage = readonly string[];

const CONFORMANCE = ['test/conformance/**/*.test.ts'];
/** Those of the properties that are about a policy map alone stand among the others. */
const INSIDE = ['test/unit/cilium/**/*.test.ts', 'test/properties/{authenticated-map,policy-map,tiers}.test.ts'];

/** The last two are the same for every file, so that what they take is measured once. */
export function stagesFor(file: string): readonly Stage[] {
  const own = dirname(file).replace(/^src/, 'test/unit');
  const stages = [[`${own}/*.test.ts`], CONFORMANCE, INSIDE].map((patterns) =>
    globSync(patterns, { cwd: repository('') })
      .sort()
      .map(repository),
  );
  return stages.filter((stage) => stage.length > 0);
}
