/**
 * Whether the author of a pod or workload was judged before, at its stored owner: then nothing denies it here.
 *
 * An owner counts only if the model has it under the uid that the object says: the reference alone is anybody's to write. And not
 * while it is being deleted: nobody is judged for what he writes then.
 * Cost: two identities for each template that is compared.
 */
import { labelOf, type LabelArray } from '../../cilium/identity/label.ts';
import {
  isCustomWorkloadKind,
  isWorkload,
  isWorkloadKind,
  type BuiltInWorkloadKind,
  type ClusterObject,
  type Pod,
  type PodShape,
  type Workload,
  type WorkloadKind,
} from '../../cilium/objects.ts';
import type { ClusterView } from '../../cluster/view.ts';
import { givesLabel, podShapeOf, withoutLabelsOf } from '../../cluster/workload-shape.ts';
import type { Requester } from '../check.ts';
import type { ChangeContext } from '../context.ts';
import { isPodLabel } from './pod-label.ts';

export interface OwnerJudgement {
  /** The author of these labels was judged where they were written: here it yields advice only. */
  readonly judgedAtOwner: boolean;
  /** What was judged then: labels that it does not have were added since. Absent where all of them were. */
  readonly judgedTemplate?: PodShape;
}

/** They make pods from stored revisions of a template, which the model may not have. */
const REVISION_KINDS: ReadonlySet<WorkloadKind> = new Set(['StatefulSet', 'DaemonSet']);

/** Service accounts of kube-system; with credentials of its own for each, which is what kubeadm sets up. */
const CONTROLLERS: Readonly<Record<BuiltInWorkloadKind, string>> = {
  Deployment: 'deployment-controller',
  ReplicaSet: 'replicaset-controller',
  StatefulSet: 'statefulset-controller',
  DaemonSet: 'daemon-set-controller',
  Job: 'job-controller',
  CronJob: 'cronjob-controller',
};
const CONTROLLER_MANAGER = 'system:kube-controller-manager';

export function judgementOf(object: Pod | Workload, context: ChangeContext): OwnerJudgement {
  const judgedTemplate = judgedTemplateOf(object, context.current);
  if (judgedTemplate !== undefined) return { judgedAtOwner: true, judgedTemplate };
  return { judgedAtOwner: isFromRevision(object, context) };
}

/** Made by the controller of a stored owner, from whichever revision. */
export function isFromRevision(
  object: Pod | Workload,
  { current, submission: { change, requester } }: ChangeContext,
): boolean {
  const owner = storedOwner(object, current);
  if (change.op !== 'create' || object.kind !== 'Pod' || owner === undefined) return false;
  return REVISION_KINDS.has(owner.kind) && isControllerOf(owner.kind, requester);
}

/**
 * Whether a controller gives these pods the label that they have under a key: that of the workload or of its stored owner, which
 * may put it into the template (a Deployment into that of its ReplicaSets); for a pod that of its
 * stored owner, if it has the value that this one gives, for anybody can write down an owner and make up a value. What the
 * controller itself makes is its own: it may be ahead of the model, and chooses hashes and indices.
 */
export function givenByController(
  object: ClusterObject,
  { current, submission: { requester } }: ChangeContext,
): (key: string) => boolean {
  if (isWorkload(object)) return givenToPodsOf(object, current);
  if (object.kind !== 'Pod' || object.owner === undefined || !isWorkloadKind(object.owner.kind)) return () => false;
  const { kind } = object.owner;
  if (isControllerOf(kind, requester)) return (key) => givesLabel(kind, key);
  const owner = storedOwner(object, current);
  if (owner === undefined) return () => false;
  const given = podShapeOf(owner).labels;
  return (key) => givesLabel(kind, key) && given.get(key) === object.labels.get(key);
}

function givenToPodsOf(workload: Workload, view: ClusterView): (key: string) => boolean {
  const owner = storedOwner(workload, view);
  const kinds = owner === undefined ? [workload.kind] : [workload.kind, owner.kind];
  return (key) => kinds.some((kind) => givesLabel(kind, key));
}

function isControllerOf(kind: WorkloadKind, { username }: Requester): boolean {
  // Under which account the controller of a custom kind runs is known to nobody here.
  if (isCustomWorkloadKind(kind)) return false;
  return username === `system:serviceaccount:kube-system:${CONTROLLERS[kind]}` || username === CONTROLLER_MANAGER;
}

/** The one with the name and uid that the object says. */
export function storedOwner({ owner, namespace }: Pod | Workload, view: ClusterView): Workload | undefined {
  if (owner === undefined || !isWorkloadKind(owner.kind)) return undefined;
  const stored = view.workload(owner.kind, namespace, owner.name);
  return stored?.uid === owner.uid ? stored : undefined;
}

/**
 * The stored owner whose author was judged: not one that is being deleted, which nobody judges whatever is written into it then.
 * No controller makes anything more of it, so that only who writes it down himself misses it.
 */
function judgedOwner(object: Pod | Workload, view: ClusterView): Workload | undefined {
  const owner = storedOwner(object, view);
  return owner?.terminating === true ? undefined : owner;
}

/** Whether a label with this key was there for the author of the stored owner to be judged by. */
export function isLabelOfOwner(key: string, object: Pod | Workload, view: ClusterView): boolean {
  const owner = judgedOwner(object, view);
  if (owner === undefined) return false;
  return templatesBehind(object, owner, view).some((template) => hasJudgedLabel(template, key));
}

/** The same of a workload that goes back to a stored revision. */
export function isLabelOfRevision(key: string, object: Pod | Workload, view: ClusterView): boolean {
  return isWorkload(object) && [...view.revisionsOf(object)].some((template) => hasJudgedLabel(template, key));
}

/** A pod may be made from an older revision of its owner, as while a StatefulSet goes from one to the next. */
function templatesBehind(object: Pod | Workload, owner: Workload, view: ClusterView): readonly PodShape[] {
  const template = templateOf(owner, view);
  return object.kind === 'Pod' ? [template, ...view.revisionsOf(owner)] : [template];
}

/** Its own, or that of the workload that it names in place of one. */
function templateOf({ namespace, template, templateOf: named }: Workload, view: ClusterView): PodShape {
  if (named === undefined || !isWorkloadKind(named.kind)) return template;
  const stored = view.workload(named.kind, namespace, named.name);
  return stored === undefined || stored.terminating ? template : stored.template;
}

/** On the network of the node no label is judged. */
function hasJudgedLabel(template: PodShape, key: string): boolean {
  return !template.hostNetwork && template.labels.has(key);
}

/** A pod may have more labels than its template: admission adds some. What a workload says is its author's, all of it. */
function judgedTemplateOf(object: Pod | Workload, view: ClusterView): PodShape | undefined {
  const owner = judgedOwner(object, view);
  if (isWorkload(object)) return sameTemplate(object, owner, view);
  if (owner === undefined) return undefined;
  const place = placeOf(owner, view);
  return templatesBehind(object, owner, view).find((template) => givesLabelsOf(template, object, place));
}

interface Place {
  readonly view: ClusterView;
  readonly namespace: string;
  /** Whose controller adds labels that no author wrote. */
  readonly kind: WorkloadKind;
}

function placeOf({ kind, namespace }: Workload, view: ClusterView): Place {
  return { view, namespace, kind };
}

/** Through the stored owner, or, for a workload that goes back, through the stored revision. */
function sameTemplate(workload: Workload, owner: Workload | undefined, view: ClusterView): PodShape | undefined {
  const own = workload.template;
  if (owner !== undefined) {
    const judged = templateOf(owner, view);
    if (givesSameIdentity(judged, own, placeOf(owner, view))) return judged;
  }
  const place = placeOf(workload, view);
  return [...view.revisionsOf(workload)].find((template) => givesSameIdentity(template, own, place));
}

/** But for what the controller adds, which no author wrote. */
function givesSameIdentity(template: PodShape, shape: PodShape, { view, namespace, kind }: Place): boolean {
  const expected = view.identityOfShape(withoutLabelsOf(kind, template), namespace);
  const actual = view.identityOfShape(withoutLabelsOf(kind, shape), namespace);
  return expected.kind === 'global' && actual.kind === 'global' && expected.key === actual.key;
}

/** Every label that the template gives an identity is one of the pod's, and what the pod has more are pod labels. */
function givesLabelsOf(template: PodShape, pod: PodShape, { view, namespace, kind }: Place): boolean {
  const expected = view.identityOfShape(withoutLabelsOf(kind, template), namespace);
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
