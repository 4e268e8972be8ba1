/**
 * What a submission asks for, in terms of the model: the one thing by which a what-if view differs from the cluster.
 */
import { isPolicy, isWorkload, refOf, type ClusterObject, type Labels, type ObjectRef } from '../cilium/objects.ts';

export type Change =
  | { readonly op: 'create'; readonly after: ClusterObject }
  | { readonly op: 'update'; readonly before: ClusterObject; readonly after: ClusterObject }
  /** Labels of a Binding are copied onto the pod. */
  | { readonly op: 'bind'; readonly pod: ObjectRef; readonly labels: Labels }
  | { readonly op: 'delete'; readonly before: ClusterObject };

/** Whether a policy is created or updated. */
export function writesPolicy(change: Change): boolean {
  return (change.op === 'create' || change.op === 'update') && isPolicy(change.after);
}

/** Whether it is about one pod, or about those of one workload. */
export function isOfPods(change: Change): boolean {
  if (change.op === 'bind') return true;
  const object = change.op === 'delete' ? change.before : change.after;
  return object.kind === 'Pod' || isWorkload(object);
}

/** The namespace that a change is in; a Namespace is in itself. undefined: it is clusterwide. */
export function namespaceOf(change: Change): string | undefined {
  const { kind, name, namespace } = subjectOf(change);
  return kind === 'Namespace' ? name : namespace;
}

/**
 * When the object was stored first, in milliseconds since 1970. undefined: nobody says, it is a binding, or it is new: whatever
 * time stands in a manifest, an API server writes its own.
 */
export function createdAt(change: Change): number | undefined {
  switch (change.op) {
    case 'update':
      return change.before.created ?? change.after.created;
    case 'create':
    case 'bind':
    case 'delete':
      return undefined;
  }
}

/** The object that a change is about; for a binding, the pod. */
export function subjectOf(change: Change): ObjectRef {
  switch (change.op) {
    case 'create':
    case 'update':
      return refOf(change.after);
    case 'bind':
      return change.pod;
    case 'delete':
      return refOf(change.before);
  }
}
