/**
 * How many identities of a namespace nobody uses, and how many pods have: whether there are so many that labels must keep
 * changing there.
 *
 * Cost: O(1): the counts are kept up with each event. What should have been collected long ago is counted against nobody.
 */
import type { ClusterView } from '../../cluster/view.ts';

/** Where all labels of each identity are looked at: it may have thousands. */
export const LABEL_ARRAYS_PER_PAUSE = 8;

/** Distinct keys: duplicates of an identity count once. */
export interface NamespaceUse {
  readonly unused: number;
  /** Those that pods have. */
  readonly inUse: number;
}

export interface ChurnLimits {
  readonly unused: number;
  readonly ratio: number;
}

/** undefined: below the limits. */
export function useBeyond(limits: ChurnLimits, { usage }: ClusterView, namespace: string): NamespaceUse | undefined {
  const { unused, inUse } = usage.ofNamespace(namespace);
  return unused >= Math.max(limits.unused, limits.ratio * inUse, 1) ? { unused, inUse } : undefined;
}
