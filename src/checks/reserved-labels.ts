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
  type Labels,
  type Pod,
  type PodShape,
  type Workload,
} from '../cilium/objects.ts';
import type { Change } from '../cluster/change.ts';
import type { Certainty, ClusterView } from '../cluster/view.ts';
import { PAUSE, type Answer, type FindingOf } from './check.ts';
import type { ChangeContext, Check, StateContext } from './context.ts';
import type { Meaning } from './facts/finding-facts.ts';
import { podLabelsField, removePodLabels } from './facts/label-patch.ts';
import { wasJudgedAtOwner } from './facts/minting.ts';
import { meaningOf, needsIdentity } from './reserved-labels/meaning.ts';
import { isSystemNamespace } from './settings.ts';

export const reservedLabels: Check = {
  id: 'reserved-labels',
  kinds: ['Pod', ...WORKLOAD_KINDS],
  onChange,
  onState,
};

type Labelled = Pod | Workload;
type ReservedLabel = FindingOf<'reserved-labels'>;

interface LabelQuestion {
  readonly object: Labelled;
  /** Labels that were there before: what was admitted once is not refused now. */
  readonly before: Labels;
  readonly view: ClusterView;
}

const OBJECTS_PER_PAUSE = 200;
const NO_LABELS: Labels = new Map();

function* onChange({ submission: { change }, current: view }: ChangeContext): Iterable<Answer> {
  if (change.op === 'bind') {
    const pod = view.pod(change.pod.namespace ?? '', change.pod.name);
    if (pod === undefined) return;
    const object = { ...pod, labels: change.labels };
    for (const finding of reservedIn({ object, before: NO_LABELS, view })) yield { ...finding, severity: 'advice' };
  } else {
    yield* submittedLabels(change, view);
  }
}

function* submittedLabels(change: Exclude<Change, { op: 'bind' }>, view: ClusterView): Iterable<Answer> {
  if (change.op === 'delete' || !isLabelled(change.after)) return;
  const before = change.op === 'update' && isLabelled(change.before) ? shapeOf(change.before).labels : NO_LABELS;
  yield* reservedIn({ object: change.after, before, view });
}

/** What has a stored owner with the same labels is reported there. */
function* onState({ view, settings }: StateContext): Iterable<Answer> {
  let seen = 0;
  for (const object of podsAndWorkloads(view)) {
    if (++seen % OBJECTS_PER_PAUSE === 0) yield PAUSE;
    if (isSystemNamespace(object.namespace, settings)) continue;
    for (const finding of reservedIn({ object, before: NO_LABELS, view })) {
      if (finding.severity === 'violation' || !wasJudgedAtOwner(object, view)) yield finding;
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

function reservedLabel(key: string, written: Meaning, { object, before, view }: LabelQuestion): ReservedLabel {
  const { meaning, certainty } = effectOf(key, written, { object, view });
  const isAdvice = meaning === 'reserved-name' || before.has(key) || wasJudgedAtOwner(object, view);
  return {
    id: 'reserved-labels',
    severity: isAdvice ? 'advice' : 'violation',
    certainty,
    subject: refOf(object),
    audience: 'author',
    field: podLabelsField(object),
    facts: { reason: meaning, label: key },
    causes: [],
    proposals: [{ kind: 'patch', patch: removePodLabels(object, [key]), text: `remove the label "${key}"` }],
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
  return object.kind === 'Pod' || (WORKLOAD_KINDS as readonly string[]).includes(object.kind);
}
