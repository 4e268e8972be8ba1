/**
 * Which label keys are made up anew for each pod: `run-7f3a: "true"` churns by its key, and no value tells.
 *
 * A key is such a one if none of the merged identities has it, and at least half of these have in its place only keys that
 * none of the others has. So a label that is merely new is let through: the pods that came before it share their keys. And
 * nobody makes up a key that names applications.
 * Cost: O(labels of the merged identities).
 */
import type { LabelArray } from '../../cilium/identity/label.ts';
import { PAUSE, type Pause } from '../check.ts';
import { isPodLabel } from '../facts/pod-label.ts';
import { differingPodKeys } from './differing-keys.ts';
import { namesApplications, type IdentitiesBefore } from './key-standing.ts';
import { LABEL_ARRAYS_PER_PAUSE } from './namespace-use.ts';

/** Of the candidates, in their order. */
export function* madeUpKeys(
  { labels, merged }: IdentitiesBefore,
  candidates: readonly string[],
): Generator<Pause, readonly string[]> {
  const holders = yield* holdersByKey(merged);
  const fresh = candidates.filter((key) => !holders.has(key) && !namesApplications(key));
  if (fresh.length === 0) return [];
  let alike = 0;
  for (const [index, others] of merged.entries()) {
    if (index % LABEL_ARRAYS_PER_PAUSE === LABEL_ARRAYS_PER_PAUSE - 1) yield PAUSE;
    const foreign = (differingPodKeys(labels, others) ?? []).filter((key) => holders.has(key));
    if (foreign.length > 0 && foreign.every((key) => holders.get(key) === 1)) alike += 1;
  }
  return alike * 2 >= merged.length ? fresh : [];
}

function* holdersByKey(identities: readonly LabelArray[]): Generator<Pause, ReadonlyMap<string, number>> {
  const holders = new Map<string, number>();
  for (const [index, labels] of identities.entries()) {
    if (index % LABEL_ARRAYS_PER_PAUSE === LABEL_ARRAYS_PER_PAUSE - 1) yield PAUSE;
    const keys = new Set(labels.filter(isPodLabel).map(({ key }) => key));
    for (const key of keys) holders.set(key, (holders.get(key) ?? 0) + 1);
  }
  return holders;
}
