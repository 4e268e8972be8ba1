/**
 * label-churn: a workload or pod that mints one more identity of a namespace which already holds many unused ones, because
 * of labels whose values keep changing.
 *
 * A violation needs three things: the unused identities of the namespace reach the limits of the settings; leaving out a
 * set of pod labels would merge the new identity with at least half of them; and the labels of this set that the author sets
 * here keep changing: one and the same application has had many values of them (churning-keys.ts). So a new application is
 * let through while old identities still wait for collection, and so is one that comes again in a new version.
 * Cost: O(identities in use), and what is counted of the unused: that is kept up with each event, so that none of them is looked
 * at again for a question like the last ones.
 */
import { canonicalKey, compareBytes } from '../../cilium/identity/label.ts';
import type { ClusterObject } from '../../cilium/objects.ts';
import { subjectOf } from '../../cluster/change.ts';
import type { ClusterView } from '../../cluster/view.ts';
import { PAUSE, type Answer, type Pause } from '../check.ts';
import type { ChangeContext } from '../context.ts';
import { identityCertainty } from '../facts/certainty.ts';
import { podLabelsField } from '../facts/label-patch.ts';
import { givenByBinding, isJudgedForMinting, mintingOf, type MintedIdentity } from '../facts/minting.ts';
import { givenByController } from '../facts/owner-judgement.ts';
import { quotedList } from '../facts/wording.ts';
import { blameOf, type Blame } from './blame.ts';
import { churnFixes } from './churn-fix.ts';
import { differingPodKeys } from './differing-keys.ts';
import { filterGap } from './filter-gap.ts';
import type { IdentitiesBefore } from './key-standing.ts';
import { mergeableWith, type Mergeable } from './mergeable.ts';
import { nearestIdentity } from './nearest-identity.ts';
import { LABEL_ARRAYS_PER_PAUSE, useBeyond, type NamespaceUse } from './namespace-use.ts';

/** A tenant may have made up a key for each pod. */
const LISTED_LABELS = 50;

export function* labelChurn(context: ChangeContext): Iterable<Answer> {
  const { change } = context.submission;
  if (change.op === 'bind' || change.op === 'delete' || !isJudgedForMinting(context)) return;
  const minting = context.fact(mintingOf);
  if (minting.kind !== 'minted') return;
  const limits = context.settings.labelChurn;
  const use = useBeyond(limits, context.current, minting.namespace);
  if (use === undefined) return;
  const question = { namespace: minting.namespace, labels: minting.labels, wanted: Math.ceil(use.unused / 2) };
  const mergeable = yield* mergeableWith(question, context.current);
  if (mergeable === undefined) return;
  const before = identitiesBefore(context.current, minting, mergeable);
  const isOfController = givenByController(change.after, context);
  const isOfBinding = givenByBinding(minting, context);
  const isGiven = (key: string) => isOfController(key) || isOfBinding(key);
  const blame = yield* blameOf({ keys: mergeable.keys, before, limits, minting, isGiven });
  if (blame === undefined) return;
  if (blame.on === 'others' && blame.given.length === blame.churning.length) {
    yield* filterGap(context, blame.churning, blame.churning.every(isOfBinding) ? 'binding' : 'controller');
    return;
  }
  yield* churnFinding(context, change.after, minting, { use, mergedUnused: mergeable.identities, before, blame });
}

interface Churn {
  readonly use: NamespaceUse;
  /** How many of the unused would become one with the new identity. */
  readonly mergedUnused: number;
  readonly before: IdentitiesBefore;
  readonly blame: Blame;
}

function* churnFinding(
  { submission, current: view }: ChangeContext,
  object: ClusterObject,
  minting: MintedIdentity,
  churn: Churn,
): Generator<Answer, void> {
  const { before, blame, use } = churn;
  const nearest = yield* nearestIdentity(view, minting);
  yield {
    id: 'label-churn',
    severity: blame.on === 'author' ? 'violation' : 'advice',
    certainty: identityCertainty(view.settings),
    subject: subjectOf(submission.change),
    audience: 'author',
    field: podLabelsField(object),
    facts: {
      labels: listedLabels(blame),
      unused: use.unused,
      inUse: use.inUse,
      ...(nearest === undefined ? {} : { nearestIdentity: nearest }),
    },
    details: {
      labels: blame.keys.length,
      churning: blame.churning.slice(0, LISTED_LABELS),
      mergedUnused: churn.mergedUnused,
      mergedInUse: yield* mergedInUse(before, blame),
    },
    causes: [],
    proposals: yield* churnFixes(view, {
      object,
      namespace: minting.namespace,
      labels: minting.labels,
      podLabels: minting.shape.labels,
      blame,
      gain: gainOf(view, minting, blame),
    }),
  };
}

/** Sorted; those that keep changing in any case. Of the keys, enough for the list where all of these are among them. */
function listedLabels({ keys, churning }: Blame): readonly string[] {
  const first = [...churning.slice(0, LISTED_LABELS), ...keys.slice(0, 2 * LISTED_LABELS)];
  return [...new Set(first)].slice(0, LISTED_LABELS).sort(compareBytes);
}

/** The unused that would become one with the new identity, and all that are in use. */
function identitiesBefore(
  { usage }: ClusterView,
  { namespace, labels }: MintedIdentity,
  { merged }: Mergeable,
): IdentitiesBefore {
  return { labels, merged, inUse: [...usage.keysInUse(namespace).values()] };
}

/** How many of those in use would become one with the new identity. */
function* mergedInUse({ labels, inUse }: IdentitiesBefore, { keys }: Blame): Generator<Pause, number> {
  const left = new Set(keys);
  let merged = 0;
  for (const [index, others] of inUse.entries()) {
    if (index % LABEL_ARRAYS_PER_PAUSE === LABEL_ARRAYS_PER_PAUSE - 1) yield PAUSE;
    if (differingPodKeys(labels, others)?.every((key) => left.has(key)) === true) merged += 1;
  }
  return merged;
}

/** All such pods share one identity only if nothing else tells them apart. */
function gainOf(view: ClusterView, minting: MintedIdentity, { keys, churning }: Blame): string {
  const left = new Set(churning);
  const key = canonicalKey(minting.labels.filter((label) => !left.has(label.key)));
  const identity = view.identitiesWithKey(key).find((id) => view.hasNumber(id));
  if (identity !== undefined) {
    const { pods } = view.useOf(identity);
    return `the pods would share identity ${identity}${pods > 0 ? ` with ${pods} running ${pods === 1 ? 'pod' : 'pods'}` : ''}`;
  }
  if (keys.every((other) => left.has(other))) return 'all such pods would share one identity';
  return `pods that differ only in ${quotedList(churning)} would share one identity`;
}
