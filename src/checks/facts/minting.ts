/**
 * Which identity a submitted pod or workload would mint, if any.
 *
 * Mirrors cilium-identity: a pod's identity is its canonical key under the current labels of its namespace; a key that no
 * identity and no pod has is minted. A workload stands for the pods of its template, however many it asks for now: nobody is
 * asked when it is scaled up, and its pods go through on the judgement of the template.
 * Cost: one identity for a pod that is created, two for an update; whether its owner was judged only when it mints.
 */
import { labelOf, type CanonicalKey, type LabelArray } from '../../cilium/identity/label.ts';
import {
  isWorkload,
  usesIdentity,
  type ObjectRef,
  type Pod,
  type PodShape,
  type Workload,
  WORKLOAD_KINDS,
  type WorkloadKind,
} from '../../cilium/objects.ts';
import type { Change } from '../../cluster/change.ts';
import type { ClusterView, ShapeIdentity } from '../../cluster/view.ts';
import { podShapeOf, withoutControllerLabels } from '../../cluster/workload-shape.ts';
import type { ChangeContext } from '../context.ts';
import { isPodLabel } from './pod-label.ts';
import { quotedList } from './wording.ts';

export type Minting =
  /** No identity of the cluster's, or one that exists. */
  { readonly kind: 'none' } | { readonly kind: 'unknown'; readonly reason: string } | MintedIdentity;

export interface MintedIdentity {
  readonly kind: 'minted';
  readonly namespace: string;
  readonly key: CanonicalKey;
  readonly labels: LabelArray;
  /** The pod labels behind it. */
  readonly shape: PodShape;
  /** Absent for a creation. */
  readonly shapeBefore?: PodShape;
  readonly identityBefore?: ShapeIdentity;
  /** The author of these labels was judged where they were written: here it yields advice only. */
  readonly judgedAtOwner: boolean;
  /** What was judged then: labels that it does not have were added since. Absent where all of them were. */
  readonly judgedTemplate?: PodShape;
}

/** The shapes of pods that a change is about. */
export interface ShapeChange {
  readonly namespace: string;
  readonly before?: PodShape;
  readonly after: PodShape;
  /** The object itself, for its owner. */
  readonly object: Pod | Workload;
}

const NONE: Minting = { kind: 'none' };

/** They make pods from stored revisions of a template, which are objects that the model does not have. */
const REVISION_CONTROLLERS: ReadonlyMap<WorkloadKind, string> = new Map([
  ['StatefulSet', 'system:serviceaccount:kube-system:statefulset-controller'],
  ['DaemonSet', 'system:serviceaccount:kube-system:daemon-set-controller'],
]);

export function mintingOf(context: ChangeContext): Minting {
  const { current, submission } = context;
  const { change } = submission;
  const shapes = shapesOf(change, current);
  if (shapes === undefined) return NONE;
  const identity = current.identityOfShape(shapes.after, shapes.namespace);
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

export function shapesOf(change: Change, view: ClusterView): ShapeChange | undefined {
  if (change.op === 'delete') return undefined;
  if (change.op === 'bind') return boundShape(change.pod, change.labels, view);
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
function boundShape(ref: ObjectRef, labels: ReadonlyMap<string, string>, view: ClusterView): ShapeChange | undefined {
  const pod = view.pod(ref.namespace ?? '', ref.name);
  if (pod === undefined || !usesIdentity(pod)) return undefined;
  const after: Pod = { ...pod, labels: new Map([...pod.labels, ...labels]) };
  return { namespace: pod.namespace, object: after, before: pod, after };
}

function judgementOf(
  object: Pod | Workload,
  { current, submission: { change, requester } }: ChangeContext,
): Pick<MintedIdentity, 'judgedAtOwner' | 'judgedTemplate'> {
  const judgedTemplate = judgedTemplateOf(object, current);
  if (judgedTemplate !== undefined) return { judgedAtOwner: true, judgedTemplate };
  const owner = storedOwner(object, current);
  const isFromRevision =
    change.op === 'create' &&
    object.kind === 'Pod' &&
    owner !== undefined &&
    REVISION_CONTROLLERS.get(owner.kind) === requester.username;
  return { judgedAtOwner: isFromRevision };
}

/** A pod may have more labels than its template: admission adds some. What a workload says is its author's, all of it. */
function judgedTemplateOf(object: Pod | Workload, view: ClusterView): PodShape | undefined {
  if (object.kind !== 'Pod') return sameTemplate(object, view);
  const owner = storedOwner(object, view);
  if (owner === undefined) return undefined;
  return givesLabelsOf(owner.template, object, { view, namespace: object.namespace }) ? owner.template : undefined;
}

/** Through the stored owner, or, for a Deployment that goes back, through the stored revision. */
export function wasJudgedAtOwner(object: Pod | Workload, view: ClusterView): boolean {
  return sameTemplate(object, view) !== undefined;
}

function sameTemplate(object: Pod | Workload, view: ClusterView): PodShape | undefined {
  const own = object.kind === 'Pod' ? object : object.template;
  const place = { view, namespace: object.namespace };
  const owner = storedOwner(object, view);
  if (owner !== undefined && givesSameIdentity(owner.template, own, place)) return owner.template;
  if (object.kind !== 'Deployment') return undefined;
  for (const { template } of view.workloadsOwnedBy(object))
    if (givesSameIdentity(template, own, place)) return template;
  return undefined;
}

/** The one with the name and uid that the object says. */
export function hasStoredOwner(object: Pod | Workload, view: ClusterView): boolean {
  return storedOwner(object, view) !== undefined;
}

function storedOwner({ owner, namespace }: Pod | Workload, view: ClusterView): Workload | undefined {
  if (owner === undefined || !isWorkloadKind(owner.kind)) return undefined;
  const stored = view.workload(owner.kind, namespace, owner.name);
  return stored?.uid === owner.uid ? stored : undefined;
}

interface Place {
  readonly view: ClusterView;
  readonly namespace: string;
}

/** But for what controllers add, which no author wrote. */
function givesSameIdentity(template: PodShape, shape: PodShape, { view, namespace }: Place): boolean {
  const expected = view.identityOfShape(withoutControllerLabels(template), namespace);
  const actual = view.identityOfShape(withoutControllerLabels(shape), namespace);
  return expected.kind === 'global' && actual.kind === 'global' && expected.key === actual.key;
}

/** Every label that the template gives an identity is one of the pod's, and what the pod has more are pod labels. */
function givesLabelsOf(template: PodShape, pod: PodShape, { view, namespace }: Place): boolean {
  const expected = view.identityOfShape(withoutControllerLabels(template), namespace);
  const actual = view.identityOfShape(pod, namespace);
  if (expected.kind !== 'global' || actual.kind !== 'global') return false;
  return isWithin(expected.labels, actual.labels) && isWithin(notOfPod(actual.labels), expected.labels);
}

function isWithin(some: LabelArray, all: LabelArray): boolean {
  return some.every(({ source, key, value }) => {
    const label = labelOf(all, key);
    return label?.source === source && label.value === value;
  });
}

function notOfPod(labels: LabelArray): LabelArray {
  return labels.filter((label) => !isPodLabel(label));
}

function isWorkloadKind(kind: string): kind is WorkloadKind {
  return (WORKLOAD_KINDS as readonly string[]).includes(kind);
}
