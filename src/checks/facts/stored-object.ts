/**
 * Whether the model already holds an object exactly as it was sent: then no what-if view is needed for the state before.
 *
 * Cost: O(size of the object); objects are decoded, so their depth is bounded by their types.
 */
import { isPolicy, isWorkload, refOf, type ClusterObject } from '../../cilium/objects.ts';
import type { ClusterView } from '../../cluster/view.ts';

export function holdsExactly(view: ClusterView, object: ClusterObject): boolean {
  const stored = storedLike(view, object);
  return stored !== undefined && isSameValue(stored, object);
}

function storedLike(view: ClusterView, object: ClusterObject): ClusterObject | undefined {
  if (isPolicy(object)) return view.policyObject(refOf(object));
  if (isWorkload(object)) return view.workload(object.kind, object.namespace, object.name);
  if (object.kind === 'Namespace') return view.namespace(object.name);
  return object.kind === 'Pod' ? view.pod(object.namespace, object.name) : undefined;
}

/** Equality of decoded values: plain data, arrays and maps. */
function isSameValue(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (a instanceof Map && b instanceof Map) return isSameMap(a, b);
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => isSameValue(item, b[index]));
  }
  if (a instanceof Map || b instanceof Map || Array.isArray(a) !== Array.isArray(b)) return false;
  return isSameMap(new Map(Object.entries(a)), new Map(Object.entries(b)));
}

function isSameMap(a: ReadonlyMap<unknown, unknown>, b: ReadonlyMap<unknown, unknown>): boolean {
  if (a.size !== b.size) return false;
  for (const [key, value] of a) if (!b.has(key) || !isSameValue(value, b.get(key))) return false;
  return true;
}
