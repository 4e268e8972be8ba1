/**
 * Which labels have to be left out for half of the unused identities of a namespace to become one with a new one.
 *
 * Found in the groups of keys that deviate alike from what is usual (src/cluster/usage/unused-keys.ts), however many they are.
 * Cost: that of smallest-key-set.ts over these groups; the identities themselves are handed out, not looked at.
 */
import { compareBytes, type LabelArray } from '../../cilium/identity/label.ts';
import type { MergedKeys } from '../../cluster/usage/merged-keys.ts';
import type { ClusterView } from '../../cluster/view.ts';
import type { Pause } from '../check.ts';
import { pausing } from '../facts/pausing.ts';
import { isPodLabel } from '../facts/pod-label.ts';
import { smallestKeySet } from './smallest-key-set.ts';
import { sortedInSteps } from './sorted-in-steps.ts';

export interface Mergeable {
  /** Sorted: the smallest set of pod labels without which they are one. */
  readonly keys: readonly string[];
  readonly identities: number;
  readonly merged: MergedKeys;
}

export interface MergeQuestion {
  readonly namespace: string;
  /** Of the identity that would be minted. */
  readonly labels: LabelArray;
  /** How many there have to be. */
  readonly wanted: number;
}

/** undefined: even without all pod labels there are fewer. */
export function* mergeableWith(
  { namespace, labels, wanted }: MergeQuestion,
  { usage }: ClusterView,
): Generator<Pause, Mergeable | undefined> {
  const differences = yield* pausing(usage.differencesSteps(namespace, labels, isPodLabel));
  const { always, groups } = differences;
  const sized = groups.map((group) => ({ ...group, identities: group.members.size }));
  const differing = yield* smallestKeySet(sized, wanted);
  if (differing === undefined) return undefined;
  const left = new Set(differing);
  const merged = sized.filter(({ keys }) => keys.every((key) => left.has(key)));
  return {
    keys: yield* sortedInSteps([...always, ...differing], compareBytes),
    identities: merged.reduce((sum, { identities }) => sum + identities, 0),
    merged: differences.merged(merged),
  };
}
