/**
 * Whether the model already holds an object exactly as it was sent: then no what-if view is needed for the state before.
 *
 * Cost: O(size of the object).
 */
import { isPolicy, isWorkload, refOf, type ClusterObject } from '../../cilium/objects.ts';
import { isSameValue } from '../../cilium/same-value.ts';
import type { ClusterView } from '../../cluster/view.ts';

export function holdsExactly(view: ClusterView, object: ClusterObject): boolean {
  const stored = storedLike(view, object);
  return stored !== undefined && isSameValue(stored, object);
}

function storedLike(view: ClusterView, object: ClusterObject): ClusterObject | undefined {
  if (isPolicy(object)) return view.policyObject(refOf(object));
  if (isWorkload(object)) return view.workload(object.kind, object.namespace, object.name);
  if (object.kind === 'CiliumCIDRGroup') return view.cidrGroup(object.name);
  if (object.kind === 'Namespace') return view.namespace(object.name);
  return object.kind === 'Pod' ? view.pod(object.namespace, object.name) : undefined;
}
