/**
 * Whether a label that this change sets may be one that keeps changing, by what the values of its key have done before.
 *
 * - `lasting`: at least half of the merged identities with this key have a value that pods have now. Its values live side by
 *   side: they tell what there is, and do not follow one another.
 * - `excused`: the key names applications, or the value is one that came before. The first is a new application, the second
 *   one that comes again; whoever makes up values can do either, so that it excuses only up to a bound.
 * - `fresh`: a value that none of the merged identities has.
 *
 * Cost: O(keys, and labels of the identities in use): of the merged ones the counts are kept (src/cluster/usage/merged-keys.ts).
 */
import { labelOf, type LabelArray } from '../../cilium/identity/label.ts';
import { valueText, type LabelCounts, type ValueText } from '../../cluster/usage/label-counts.ts';
import type { MergedKeys } from '../../cluster/usage/merged-keys.ts';
import { PAUSE, type Pause } from '../check.ts';
import { pausing } from '../facts/pausing.ts';
import { LABEL_ARRAYS_PER_PAUSE } from './namespace-use.ts';

const KEYS_PER_PAUSE = 64;

export type Standing = 'lasting' | 'excused' | 'fresh';

/** By the recommended labels of Kubernetes, and by older custom. */
const APPLICATION_KEYS: ReadonlySet<string> = new Set([
  'app',
  'app.kubernetes.io/instance',
  'app.kubernetes.io/name',
  'k8s-app',
]);

export function namesApplications(key: string): boolean {
  return APPLICATION_KEYS.has(key);
}

export interface IdentitiesBefore {
  /** Of the identity that would be minted. */
  readonly labels: LabelArray;
  /** The unused identities that differ from it in nothing but the smallest set of keys. */
  readonly merged: MergedKeys;
  /** All of the namespace that pods have. */
  readonly inUse: readonly LabelArray[];
}

export function* standingsOf(
  keys: readonly string[],
  { labels, merged, inUse }: IdentitiesBefore,
): Generator<Pause, ReadonlyMap<string, Standing>> {
  const former = yield* pausing(merged.countsSteps());
  const valuesNow = yield* valuesByKey(keys, inUse);
  const standings = new Map<string, Standing>();
  for (const key of keys) {
    if (standings.size % KEYS_PER_PAUSE === 0) yield PAUSE;
    const own = labelOf(labels, key);
    if (areLasting(key, former, valuesNow.get(key) ?? [])) standings.set(key, 'lasting');
    else standings.set(key, namesApplications(key) || (own !== undefined && former.of(own) > 0) ? 'excused' : 'fresh');
  }
  return standings;
}

function areLasting(key: string, former: LabelCounts, now: Iterable<ValueText>): boolean {
  let living = 0;
  for (const text of now) living += former.ofValue(key, text);
  return living > 0 && living * 2 >= former.holders(key);
}

/** Those of each key. */
function* valuesByKey(
  keys: readonly string[],
  identities: readonly LabelArray[],
): Generator<Pause, ReadonlyMap<string, ReadonlySet<ValueText>>> {
  const values = new Map<string, Set<ValueText>>(keys.map((key) => [key, new Set()]));
  for (const [index, labels] of identities.entries()) {
    if (index % LABEL_ARRAYS_PER_PAUSE === LABEL_ARRAYS_PER_PAUSE - 1) yield PAUSE;
    for (const label of labels) values.get(label.key)?.add(valueText(label));
  }
  return values;
}
