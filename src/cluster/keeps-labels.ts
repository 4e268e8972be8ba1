/**
 * Whether a namespace is there before an event and after, with the same labels: then no identity in it is another.
 */
import type { ClusterObject } from '../cilium/objects.ts';
import { isSameValue } from '../cilium/same-value.ts';

export function keepsLabels(before: ClusterObject | undefined, after: ClusterObject | undefined): boolean {
  return before?.kind === 'Namespace' && after?.kind === 'Namespace' && isSameValue(before.labels, after.labels);
}
