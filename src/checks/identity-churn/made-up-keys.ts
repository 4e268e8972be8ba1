/**
 * Which label keys are made up anew for each pod: `run-7f3a: "true"` churns by its key, and no value tells.
 *
 * A key is such a one if none of the merged identities has it, and at least half of these have in its place only keys that
 * none of the others has. So a label that is merely new is let through: the pods that came before it share their keys. And
 * nobody makes up a key that names applications.
 * Cost: O(labels of the merged identities) where a key is new to all of them, else O(candidates).
 */
import { PAUSE, type Pause } from '../check.ts';
import { pausing } from '../facts/pausing.ts';
import { differingPodKeys } from './differing-keys.ts';
import { namesApplications, type IdentitiesBefore } from './key-standing.ts';
import { LABEL_ARRAYS_PER_PAUSE } from './namespace-use.ts';

/** Of the candidates, in their order. */
export function* madeUpKeys(
  { labels, merged }: IdentitiesBefore,
  candidates: readonly string[],
): Generator<Pause, readonly string[]> {
  const counts = yield* pausing(merged.countsSteps());
  const fresh = candidates.filter((key) => counts.holders(key) === 0 && !namesApplications(key));
  if (fresh.length === 0) return [];
  let [alike, looked] = [0, 0];
  for (const others of merged.labels()) {
    if (++looked % LABEL_ARRAYS_PER_PAUSE === 0) yield PAUSE;
    const foreign = (differingPodKeys(labels, others) ?? []).filter((key) => counts.holders(key) > 0);
    if (foreign.length > 0 && foreign.every((key) => counts.holders(key) === 1)) alike += 1;
  }
  return alike * 2 >= looked ? fresh : [];
}
