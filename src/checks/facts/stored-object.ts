/**
 * The object that the model holds under a reference, and whether it holds one exactly as it was sent: then no what-if view is
 * needed for the state before.
 *
 * Cost: O(size of the object).
 */
import { isWorkloadKind, refOf, type ClusterObject, type ObjectRef } from '../../cilium/objects.ts';
import { isSameValue } from '../../cilium/same-value.ts';
import type { ClusterView } from '../../cluster/view.ts';

export function holdsExactly(view: ClusterView, object: ClusterObject): boolean {
  const stored = storedObject(view, refOf(object));
  return stored !== undefined && isSameValue(stored, object);
}

/** Of the kinds that are judged. */
export function storedObject(view: ClusterView, ref: ObjectRef): ClusterObject | undefined {
  const { kind, namespace = '', name } = ref;
  if (isWorkloadKind(kind)) return view.workload(kind, namespace, name);
  switch (kind) {
    case 'CiliumCIDRGroup':
      return view.cidrGroup(name);
    case 'Namespace':
      return view.namespace(name);
    case 'Pod':
      return view.pod(namespace, name);
    default:
      return view.policyObject(ref);
  }
}
