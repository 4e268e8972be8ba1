/**
 * Which identity a submitted pod or workload would mint, if any.
 *
 * Mirrors cilium-identity: a pod's identity is its canonical key under the current labels of its namespace; a key that no
 * identity and no pod has is minted. A workload stands for the pods of its template, however many it asks for now: nobody is
 * asked when it is scaled up, and its pods go through on the judgement of the template.
 * Cost: one identity for a pod that is created, two for an update; whether its owner was judged only when it mints.
 */
import type { CanonicalKey, LabelArray } from '../../cilium/identity/label.ts';
import {
  isWorkload,
  usesIdentity,
  type ObjectRef,
  type Pod,
  type PodShape,
  type Workload,
} from '../../cilium/objects.ts';
import type { Change } from '../../cluster/change.ts';
import type { ClusterView, ShapeIdentity, UnknownIdentity } from '../../cluster/view.ts';
import { podShapeOf } from '../../cluster/workload-shape.ts';
import type { ChangeContext } from '../context.ts';
import { judgementOf, storedOwner, type OwnerJudgement } from './owner-judgement.ts';
import { quotedList } from './wording.ts';

export type Minting =
  /** No identity of the cluster's, or one that exists. */
  { readonly kind: 'none' } | UnknownIdentity | MintedIdentity;

export interface MintedIdentity extends OwnerJudgement {
  readonly kind: 'minted';
  readonly namespace: string;
  readonly key: CanonicalKey;
  readonly labels: LabelArray;
  /** The pod labels behind it. */
  readonly shape: PodShape;
  /** Absent for a creation. */
  readonly shapeBefore?: PodShape;
  readonly identityBefore?: ShapeIdentity;
}

/** The shapes of pods that a change is about. */
export interface ShapeChange {
  readonly namespace: string;
  readonly before?: PodShape;
  readonly after: PodShape;
  /** The object itself, for its owner. */
  readonly object: Pod | Workload;
}

export interface TakenIdentity {
  readonly shapes: ShapeChange;
  /** That of the pods as they are submitted. */
  readonly identity: ShapeIdentity;
}

const NONE: Minting = { kind: 'none' };

/** undefined: the change is about no pods with an identity. */
export function takenIdentity({ current, submission }: ChangeContext): TakenIdentity | undefined {
  const written = shapesOf(submission.change, current);
  const isBinding = submission.change.op === 'bind';
  const shapes = written === undefined || isBinding ? written : onceBound(written, current);
  return shapes && { shapes, identity: current.identityOfShape(shapes.after, shapes.namespace) };
}

/** An identity comes once a pod is bound, with the labels that it has by then. */
function onceBound(shapes: ShapeChange, view: ClusterView): ShapeChange {
  const { object, namespace, before } = shapes;
  if (object.kind === 'Pod' && object.nodeName !== '') return shapes;
  return {
    ...shapes,
    ...(before === undefined ? {} : { before: view.boundShape(before, namespace) }),
    after: view.boundShape(shapes.after, namespace),
  };
}

export function mintingOf(context: ChangeContext): Minting {
  const { current } = context;
  const taken = context.fact(takenIdentity);
  if (taken === undefined) return NONE;
  const { shapes, identity } = taken;
  if (identity.kind === 'unknown') return identity;
  if (identity.kind === 'undecided') {
    return { kind: 'unknown', reason: `Cilium leaves the value of ${quotedList(identity.keys)} to chance` };
  }
  if (identity.kind !== 'global' || current.identitiesWithKey(identity.key).length > 0) return NONE;
  const before = shapes.before;
  const identityBefore = before === undefined ? undefined : current.identityOfShape(before, shapes.namespace);
  if (identityBefore?.kind === 'global' && identityBefore.key === identity.key) return NONE;
  return {
    kind: 'minted',
    namespace: shapes.namespace,
    key: identity.key,
    labels: identity.labels,
    shape: shapes.after,
    ...(before === undefined ? {} : { shapeBefore: before }),
    ...(identityBefore === undefined ? {} : { identityBefore }),
    ...judgementOf(shapes.object, context),
  };
}

/**
 * Whether a change that mints is judged for it: a workload, or a pod that nobody else makes. A pod that is changed in place is
 * not what its owner goes on making: relabel-pod judges it.
 */
export function isJudgedForMinting({ current, submission: { change } }: ChangeContext): boolean {
  // A Binding is never denied, and nobody chose the labels that it adds.
  if (change.op === 'bind' || change.op === 'delete') return false;
  return change.op === 'create' || change.after.kind !== 'Pod' || storedOwner(change.after, current) === undefined;
}

/** Whether the pods get the label that they have under a key once they are bound, over what the author wrote there. */
export function givenByBinding(
  { shape }: MintedIdentity,
  { current, submission }: ChangeContext,
): (key: string) => boolean {
  const written = shapesOf(submission.change, current)?.after.labels;
  return (key) => written !== undefined && written.get(key) !== shape.labels.get(key);
}

export function shapesOf(change: Change, view: ClusterView): ShapeChange | undefined {
  if (change.op === 'delete') return undefined;
  if (change.op === 'bind') return shapeWithBinding(change.pod, change.labels, view);
  const { after } = change;
  const before = change.op === 'update' ? change.before : undefined;
  if (after.kind === 'Pod') {
    if (!usesIdentity(after)) return undefined;
    const shape = before?.kind === 'Pod' ? { before } : {};
    return { namespace: after.namespace, object: after, after, ...shape };
  }
  if (!isWorkload(after) || after.template.hostNetwork) return undefined;
  const shape = before !== undefined && isWorkload(before) ? { before: podShapeOf(before) } : {};
  return { namespace: after.namespace, object: after, after: podShapeOf(after), ...shape };
}

/** Kubernetes copies the labels of a Binding onto the pod. */
function shapeWithBinding(
  ref: ObjectRef,
  labels: ReadonlyMap<string, string>,
  view: ClusterView,
): ShapeChange | undefined {
  const pod = view.pod(ref.namespace ?? '', ref.name);
  if (pod === undefined || !usesIdentity(pod)) return undefined;
  const after: Pod = { ...pod, labels: new Map([...pod.labels, ...labels]) };
  return { namespace: pod.namespace, object: after, before: pod, after };
}
