/**
 * label-not-allowed: a label becomes part of identities that the platform does not allow there.
 *
 * For platforms that limit identities to a few labels (`identityLabels.allowed`). Counted are the keys that somebody wrote: not
 * what Cilium adds, nor a controller, nor the name that Kubernetes gives a namespace, nor the label that tells whose it is: without
 * that, it would be another tenant's. An update is asked only for those that it adds.
 * Cost: one identity for the object, two for an update.
 */
import { compareBytes, type Label } from '../../cilium/identity/label.ts';
import { NAMESPACE_LABEL_PREFIX } from '../../cilium/identity/pod-labels.ts';
import type { PodShape } from '../../cilium/objects.ts';
import { subjectOf, type Change } from '../../cluster/change.ts';
import type { ClusterView } from '../../cluster/view.ts';
import type { Answer, Fix } from '../check.ts';
import type { ChangeContext } from '../context.ts';
import { identityCertainty } from '../facts/certainty.ts';
import { podLabelsField, removePodLabels } from '../facts/label-patch.ts';
import { shapesOf } from '../facts/minting.ts';
import { givenByController, judgementOf, storedOwner } from '../facts/owner-judgement.ts';
import { isPodLabel } from '../facts/pod-label.ts';
import { listed, quotedList } from '../facts/wording.ts';

const MOST_LISTED = 50;
const NAME_OF_NAMESPACE = 'kubernetes.io/metadata.name';
const MOST_NAMED = 10;

type Upsert = Extract<Change, { readonly op: 'create' | 'update' }>;

export function* labelNotAllowed(context: ChangeContext): Iterable<Answer> {
  const { allowed } = context.settings.identityLabels;
  const { change } = context.submission;
  if (allowed === undefined || change.op === 'bind' || change.op === 'delete') return;
  if (change.after.kind === 'Pod' && storedOwner(change.after, context.current) !== undefined) return;
  const isAllowed = new Set(allowed);
  const labels = keysAdded(change, context)
    .filter((key) => !isAllowed.has(key))
    .sort(compareBytes);
  if (labels.length === 0) return;
  yield {
    id: 'label-not-allowed',
    severity: wasJudged(change, context) ? 'advice' : 'violation',
    certainty: identityCertainty(context.current.settings),
    subject: subjectOf(change),
    audience: 'author',
    field: podLabelsField(change.after),
    facts: { labels: labels.slice(0, MOST_LISTED), allowed },
    details: { labels: labels.length },
    causes: [],
    proposals: [fixOf(change, labels, allowed)],
  };
}

function wasJudged({ after }: Upsert, context: ChangeContext): boolean {
  return after.kind === 'ReplicaSet' && judgementOf(after, context).judgedAtOwner;
}

/** Keys that are part of identities, that somebody wrote, and that were none before. */
function keysAdded(change: Upsert, context: ChangeContext): readonly string[] {
  if (change.after.kind === 'Namespace') {
    const before = change.op === 'update' ? keysOfNamespace(change.after.name, context.before) : new Set<string>();
    return [...keysOfNamespace(change.after.name, context.after)].filter((key) => !before.has(key));
  }
  const shapes = shapesOf(change, context.current);
  if (shapes === undefined) return [];
  const isGiven = givenByController(change.after, context);
  const before = new Set(
    shapes.before === undefined ? [] : keysOfShape(shapes.before, shapes.namespace, context.current),
  );
  return keysOfShape(shapes.after, shapes.namespace, context.current).filter(
    (key) => !before.has(key) && !isGiven(key),
  );
}

function keysOfShape(shape: PodShape, namespace: string, view: ClusterView): readonly string[] {
  return identityLabels(shape, namespace, view)
    .filter(isPodLabel)
    .map(({ key }) => key);
}

function keysOfNamespace(name: string, view: ClusterView): ReadonlySet<string> {
  const bare: PodShape = { labels: new Map(), serviceAccountName: '', hostNetwork: false, ports: [] };
  const keys = identityLabels(bare, name, view).flatMap(({ key }) =>
    key.startsWith(NAMESPACE_LABEL_PREFIX) ? [key.slice(NAMESPACE_LABEL_PREFIX.length)] : [],
  );
  return new Set(keys.filter((key) => key !== NAME_OF_NAMESPACE && key !== view.settings.tenantLabel));
}

function identityLabels(shape: PodShape, namespace: string, view: ClusterView): readonly Label[] {
  const identity = view.identityOfShape(shape, namespace);
  return identity.kind === 'global' ? identity.labels : [];
}

function fixOf({ after }: Upsert, labels: readonly string[], allowed: readonly string[]): Fix {
  const others = `only ${listed(
    allowed.map((key) => `"${key}"`),
    { most: MOST_NAMED },
  )} may tell pods apart`;
  const text = `move ${quotedList(labels)} to an annotation; ${others}`;
  if (after.kind === 'Namespace' || labels.length > MOST_LISTED) return { kind: 'words', text };
  const removal = removePodLabels(after, labels);
  return removal.kind === 'words' ? removal : { ...removal, text };
}
