/**
 * The identity of a namespace that is nearest to a new one: of the numbered ones that differ in the fewest label keys, the one with
 * the most pods, then the lowest.
 *
 * Cost: O(identities that somebody has). Unused ones are looked at only where their group may be nearer than any of those.
 */
import type { CanonicalKey, LabelArray } from '../../cilium/identity/label.ts';
import type { NumericIdentity } from '../../cilium/identity/numeric-identity.ts';
import type { ClusterView } from '../../cluster/view.ts';
import { PAUSE, type Pause } from '../check.ts';
import type { MintedIdentity } from '../facts/minting.ts';
import { pausing } from '../facts/pausing.ts';
import { distance } from './differing-keys.ts';
import { LABEL_ARRAYS_PER_PAUSE } from './namespace-use.ts';

interface Neighbour {
  readonly identity: NumericIdentity;
  /** In how many keys it differs. */
  readonly keys: number;
  readonly pods: number;
}

type Minted = Pick<MintedIdentity, 'namespace' | 'labels'>;

/** undefined: none of them has a number yet. */
export function* nearestIdentity(view: ClusterView, minted: Minted): Generator<Pause, NumericIdentity | undefined> {
  const { namespace, labels } = minted;
  let nearest = yield* nearestOf(view.usage.keysHeld(namespace), labels, view);
  let looked = 0;
  for (const group of yield* pausing(view.usage.nearUnusedSteps(namespace, labels))) {
    if (nearest !== undefined && !isNearer({ keys: group.distance, pods: 0, identity: 0 }, nearest)) break;
    if (++looked % LABEL_ARRAYS_PER_PAUSE === 0) yield PAUSE;
    nearest = nearer(nearest, yield* nearestOf(group.members.keys(), labels, view));
  }
  return nearest?.identity;
}

function* nearestOf(
  keys: Iterable<CanonicalKey>,
  labels: LabelArray,
  view: ClusterView,
): Generator<Pause, Neighbour | undefined> {
  let nearest: Neighbour | undefined;
  let seen = 0;
  for (const key of keys) {
    if (++seen % LABEL_ARRAYS_PER_PAUSE === 0) yield PAUSE;
    const identity = view.identitiesWithKey(key).find((id) => view.hasNumber(id));
    if (identity === undefined) continue;
    const keysApart = distance(labels, view.labelsOf(identity) ?? []);
    nearest = nearer(nearest, { identity, keys: keysApart, pods: view.useOf(identity).pods });
  }
  return nearest;
}

function nearer(a: Neighbour | undefined, b: Neighbour | undefined): Neighbour | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return isNearer(b, a) ? b : a;
}

function isNearer(a: Neighbour, b: Neighbour): boolean {
  return (a.keys - b.keys || b.pods - a.pods || a.identity - b.identity) < 0;
}
