/**
 * The identities of a namespace by use, one number for each key: duplicates of an identity count once.
 *
 * Cost: O(identities of the namespace). Their labels are read only if there are enough of them to matter.
 */
import { canonicalKey } from '../../cilium/identity/label.ts';
import type { ClusterView } from '../../cluster/view.ts';
import type { NumericIdentity } from '../../cilium/identity/numeric-identity.ts';
import { PAUSE, type Pause } from '../check.ts';

/** Where one label of each is looked at. */
export const IDENTITIES_PER_PAUSE = 500;
/** Where all labels of each are: an identity may have thousands. */
export const LABEL_ARRAYS_PER_PAUSE = 8;

export interface NamespaceUse {
  readonly unused: readonly NumericIdentity[];
  /** Those that pods have. */
  readonly inUse: readonly NumericIdentity[];
}

export interface ChurnLimits {
  readonly unused: number;
  readonly ratio: number;
}

/** undefined: below the limits. */
export function* useBeyond(
  limits: ChurnLimits,
  view: ClusterView,
  namespace: string,
): Generator<Pause, NamespaceUse | undefined> {
  const objects = yield* byUse(view, view.identitiesIn(namespace));
  if (objects.unused.length < limits.unused) return undefined;
  const distinct = {
    unused: yield* distinctKeys(view, objects.unused),
    inUse: yield* distinctKeys(view, objects.inUse),
  };
  return isBeyond(limits, distinct) ? distinct : undefined;
}

function isBeyond(limits: ChurnLimits, { unused, inUse }: NamespaceUse): boolean {
  return unused.length >= Math.max(limits.unused, limits.ratio * inUse.length);
}

function* byUse(view: ClusterView, identities: Iterable<NumericIdentity>): Generator<Pause, NamespaceUse> {
  const unused: NumericIdentity[] = [];
  const inUse: NumericIdentity[] = [];
  let seen = 0;
  for (const identity of identities) {
    if (++seen % IDENTITIES_PER_PAUSE === 0) yield PAUSE;
    const { pods, endpoints } = view.useOf(identity);
    if (pods > 0) inUse.push(identity);
    else if (endpoints === 0) unused.push(identity);
  }
  return { unused, inUse };
}

/** The first of each key, which is the lowest: the view hands them out in ascending order. */
function* distinctKeys(
  view: ClusterView,
  identities: readonly NumericIdentity[],
): Generator<Pause, readonly NumericIdentity[]> {
  const byKey = new Map<string, NumericIdentity>();
  for (const [index, identity] of identities.entries()) {
    if (index % LABEL_ARRAYS_PER_PAUSE === LABEL_ARRAYS_PER_PAUSE - 1) yield PAUSE;
    const key = canonicalKey(view.labelsOf(identity) ?? []);
    if (!byKey.has(key)) byKey.set(key, identity);
  }
  return [...byKey.values()];
}
