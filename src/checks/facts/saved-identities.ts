/**
 * How many identities there would be fewer if some label keys were no part of identities.
 *
 * Counted are distinct keys, as duplicates of an identity are one: those that have such a label, less what is left of them
 * without it and is no identity already.
 * Cost: O(labels) for each identity that has such a label, up to a bound, with pauses.
 */
import { canonicalKey, type CanonicalKey } from '../../cilium/identity/label.ts';
import type { NumericIdentity } from '../../cilium/identity/numeric-identity.ts';
import type { ClusterView } from '../../cluster/view.ts';
import { PAUSE, type Pause } from '../check.ts';

const MOST_HOLDERS = 5_000;
const IDENTITIES_PER_PAUSE = 64;

export interface SavedIdentities {
  readonly identities: number;
  /** There are too many to look at all of them: it saves more. */
  readonly isLeast: boolean;
}

export function* savedWithout(keys: readonly string[], view: ClusterView): Generator<Pause, SavedIdentities> {
  const left = new Set(keys);
  const holders = new Set<CanonicalKey>();
  const rests = new Set<CanonicalKey>();
  let seen = 0;
  for (const identity of holdersOf(keys, view)) {
    if (++seen > MOST_HOLDERS) break;
    if (seen % IDENTITIES_PER_PAUSE === 0) yield PAUSE;
    const labels = view.labelsOf(identity) ?? [];
    holders.add(canonicalKey(labels));
    const rest = canonicalKey(labels.filter(({ key }) => !left.has(key)));
    if (view.identitiesWithKey(rest).length === 0) rests.add(rest);
  }
  return { identities: holders.size - rests.size, isLeast: seen > MOST_HOLDERS };
}

/** Some come more than once. */
function* holdersOf(keys: readonly string[], view: ClusterView): Iterable<NumericIdentity> {
  for (const key of keys) yield* view.identitiesWithLabel(key);
}
