/**
 * Whether a label that this change sets may be one that keeps changing, by what the values of its key have done before.
 *
 * - `lasting`: at least half of the merged identities with this key have a value that pods have now. Its values live side by
 *   side: they tell what there is, and do not follow one another.
 * - `excused`: the key names applications, or the value is one that came before. The first is a new application, the second
 *   one that comes again; whoever makes up values can do either, so that it excuses only up to a bound.
 * - `fresh`: a value that none of the merged identities has.
 *
 * Cost: O(labels of all these identities).
 */
import { labelOf, type LabelArray } from '../../cilium/identity/label.ts';
import { PAUSE, type Pause } from '../check.ts';
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
  readonly merged: readonly LabelArray[];
  /** All of the namespace that pods have. */
  readonly inUse: readonly LabelArray[];
}

export function* standingsOf(
  keys: readonly string[],
  { labels, merged, inUse }: IdentitiesBefore,
): Generator<Pause, ReadonlyMap<string, Standing>> {
  const formerValues = yield* valuesByKey(keys, merged);
  const valuesNow = yield* valuesByKey(keys, inUse);
  const standings = new Map<string, Standing>();
  for (const [key, former] of formerValues) {
    if (standings.size % KEYS_PER_PAUSE === 0) yield PAUSE;
    const value = labelOf(labels, key)?.value;
    if (areLasting(former, new Set(valuesNow.get(key)))) standings.set(key, 'lasting');
    else standings.set(key, namesApplications(key) || former.some((other) => other === value) ? 'excused' : 'fresh');
  }
  return standings;
}

function areLasting(former: readonly string[], now: ReadonlySet<string>): boolean {
  const living = former.filter((value) => now.has(value)).length;
  return living > 0 && living * 2 >= former.length;
}

/** For each key one value for each identity that has it. */
function* valuesByKey(
  keys: readonly string[],
  identities: readonly LabelArray[],
): Generator<Pause, ReadonlyMap<string, readonly string[]>> {
  const values = new Map<string, string[]>(keys.map((key) => [key, []]));
  for (const [index, labels] of identities.entries()) {
    if (index % LABEL_ARRAYS_PER_PAUSE === LABEL_ARRAYS_PER_PAUSE - 1) yield PAUSE;
    for (const { key, value } of labels) values.get(key)?.push(value);
  }
  return values;
}
