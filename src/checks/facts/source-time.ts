/**
 * The time of a source that has no clock: no earlier than that of the newest object in it.
 *
 * So no age that is measured against it is larger than it was when the source was written.
 * Cost: O(objects).
 */
import type { ClusterView } from '../../cluster/view.ts';

/** In milliseconds since 1970; undefined where no object says when it was made. */
export function newestCreation(view: ClusterView): number | undefined {
  let newest: number | undefined;
  for (const { created } of datedObjects(view)) {
    if (created !== undefined && (newest === undefined || created > newest)) newest = created;
  }
  return newest;
}

function* datedObjects(view: ClusterView): Iterable<{ readonly created?: number }> {
  for (const namespace of view.namespaces()) {
    yield namespace;
    yield* view.podsIn(namespace.name);
  }
  yield* view.workloads();
  for (const { object } of view.policies()) {
    const policy = view.policyObject(object);
    if (policy !== undefined) yield policy;
  }
}
