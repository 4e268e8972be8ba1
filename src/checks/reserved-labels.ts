/**
 * reserved-labels: pod labels that Cilium owns, or whose key changes what Cilium does with the pod.
 *
 * Cost: O(labels); an identity only for an object that has such a label.
 */
import { labelOf } from '../cilium/identity/label.ts';
import {
  refOf,
  usesIdentity,
  WORKLOAD_KINDS,
  isWorkloadKind,
  type Labels,
  type Pod,
  type PodShape,
  type Workload,
} from '../cilium/objects.ts';
import type { Change } from '../cluster/change.ts';
import type { Certainty, ClusterView } from '../cluster/view.ts';
import { PAUSE, type Answer, type FindingOf } from './check.ts';
import type { ChangeContext, Check, StateContext } from './context.ts';
import type { Meaning } from './facts/findings/reserved-labels.ts';
import { podLabelsField, removePodLabels } from './facts/label-patch.ts';
import { isFromRevision, isLabelOfOwner, isLabelOfRevision } from './facts/owner-judgement.ts';
import { meaningOf, needsIdentity } from './reserved-labels/meaning.ts';
import { isSystemNamespace } from './settings.ts';

export const reservedLabels: Check = {
  id: 'reserved-labels',
  kinds: ['Pod', ...WORKLOAD_KINDS],
  onChange,
  isSilent,
  onState,
};

type Labelled = Pod | Workload;
type ReservedLabel = FindingOf<'reserved-labels'>;

interface LabelQuestion {
  readonly object: Labelled;
  readonly view: ClusterView;
  /** What was admitted once is not refused now. */
  readonly wasJudged: (key: string) => boolean;
}

const OBJECTS_PER_PAUSE = 200;
const NO_LABELS: Labels = new Map();

function* onChange(context: ChangeContext): Iterable<Answer> {
  const {
    submission: { change },
    current: view,
  } = context;
  if (change.op === 'bind') {
    const pod = view.pod(change.pod.namespace ?? '', change.pod.name);
    if (pod === undefined) return;
    yield* reservedIn({ object: { ...pod, labels: change.labels }, view, wasJudged: () => true });
  } else {
    yield* submittedLabels(change, context);
  }
}

/** Whether no label means anything. */
function isSilent({ submission: { change }, current: { settings } }: ChangeContext): boolean {
  for (const key of labelsOf(change).keys()) if (meaningOf(key, settings) !== undefined) return false;
  return true;
}

function labelsOf(change: Change): Labels {
  if (change.op === 'bind') return change.labels;
  return change.op !== 'delete' && isLabelled(change.after) ? shapeOf(change.after).labels : NO_LABELS;
}

/** In the object before, at a stored owner, or in a revision: one that is stored, or of which its controller makes a pod. */
function* submittedLabels(change: Exclude<Change, { op: 'bind' }>, context: ChangeContext): Iterable<Answer> {
  if (change.op === 'delete' || !isLabelled(change.after)) return;
  const { after: object } = change;
  const view = context.current;
  const before = change.op === 'update' && isLabelled(change.before) ? shapeOf(change.before).labels : NO_LABELS;
  const isOlder = isFromRevision(object, context);
  const wasJudged = (key: string) =>
    isOlder || before.has(key) || isLabelOfOwner(key, object, view) || isLabelOfRevision(key, object, view);
  yield* reservedIn({ object, view, wasJudged });
}

/** A label that a stored owner has is reported there. */
function* onState({ view, settings }: StateContext): Iterable<Answer> {
  let seen = 0;
  for (const object of podsAndWorkloads(view)) {
    if (++seen % OBJECTS_PER_PAUSE === 0) yield PAUSE;
    if (isSystemNamespace(object.namespace, settings)) continue;
    for (const finding of reservedIn({ object, view, wasJudged: () => false })) {
      if (!isLabelOfOwner(finding.facts.label, object, view)) yield finding;
    }
  }
}

function* podsAndWorkloads(view: ClusterView): Iterable<Labelled> {
  yield* view.workloads();
  for (const { name } of view.namespaces()) yield* view.podsIn(name);
}

function* reservedIn(question: LabelQuestion): Iterable<ReservedLabel> {
  const { object, view } = question;
  const shape = shapeOf(object);
  if (object.kind === 'Pod' ? !usesIdentity(object) : shape.hostNetwork) return;
  for (const key of shape.labels.keys()) {
    const meaning = meaningOf(key, view.settings);
    if (meaning !== undefined) yield reservedLabel(key, meaning, question);
  }
}

function reservedLabel(key: string, written: Meaning, { object, view, wasJudged }: LabelQuestion): ReservedLabel {
  const { meaning, certainty } = effectOf(key, written, { object, view });
  const isAdvice = meaning === 'reserved-name' || wasJudged(key);
  return {
    id: 'reserved-labels',
    severity: isAdvice ? 'advice' : 'violation',
    certainty,
    subject: refOf(object),
    audience: 'author',
    field: podLabelsField(object),
    facts: { reason: meaning, label: key },
    causes: [],
    proposals: [{ text: `remove the label "${key}"`, ...removePodLabels(object, [key]) }],
  };
}

/** A label that the filter drops is not part of the identity, so that its key changes nothing. */
function effectOf(
  key: string,
  meaning: Meaning,
  { object, view }: { readonly object: Labelled; readonly view: ClusterView },
): { readonly meaning: Meaning; readonly certainty: Certainty } {
  const certainty = view.settings.unknown === undefined ? 'exact' : 'unknown';
  if (!needsIdentity(meaning)) return { meaning, certainty };
  const identity = view.identityOfShape(shapeOf(object), object.namespace);
  if (identity.kind === 'unknown') return { meaning, certainty: 'unknown' };
  return { meaning: labelOf(identity.labels, key) === undefined ? 'reserved-name' : meaning, certainty };
}

function shapeOf(object: Labelled): PodShape {
  return object.kind === 'Pod' ? object : object.template;
}

function isLabelled(object: { readonly kind: string }): object is Labelled {
  return object.kind === 'Pod' || isWorkloadKind(object.kind);
}
