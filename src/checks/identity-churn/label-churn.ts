/**
 * label-churn: a workload or pod that mints one more identity of a namespace which already holds many unused ones, because
 * of labels whose values keep changing.
 *
 * A violation needs both: the unused identities of the namespace reach the limits of the settings, and leaving out a set of
 * pod labels would merge the new identity with at least half of them. The set that is named is the smallest one, and some
 * label of it is set by this very change: a template without the labels to blame is let through while the old identities
 * still wait for collection.
 * Cost: O(identities of the namespace) once an identity is minted; no labels are read below the limit.
 */
import { canonicalKey, type LabelArray } from '../../cilium/identity/label.ts';
import { subjectOf } from '../../cluster/change.ts';
import type { ClusterView } from '../../cluster/view.ts';
import type { NumericIdentity } from '../../cilium/identity/numeric-identity.ts';
import { PAUSE, type Answer, type Facts, type Pause } from '../check.ts';
import type { ChangeContext } from '../context.ts';
import { identityCertainty } from '../facts/certainty.ts';
import { podLabelsField } from '../facts/label-patch.ts';
import { mintingOf, type MintedIdentity } from '../facts/minting.ts';
import { blameOf, type Blame } from './blame.ts';
import { churnFixes } from './churn-fix.ts';
import { differingPodKeys, distance } from './differing-keys.ts';
import { IDENTITIES_PER_PAUSE, useBeyond, type NamespaceUse } from './namespace-use.ts';
import { mergedBy, smallestKeySet, type KeyGroup } from './smallest-key-set.ts';

/** A tenant may have made up a key for each pod. */
const LISTED_LABELS = 50;

export function* labelChurn(context: ChangeContext): Iterable<Answer> {
  const { change } = context.submission;
  // A Binding is never denied, and nobody chose the labels that it adds.
  if (change.op === 'bind') return;
  const minting = context.fact(mintingOf);
  if (minting.kind !== 'minted') return;
  const use = yield* useBeyond(context.settings.labelChurn, context.current, minting.namespace);
  if (use === undefined) return;
  const groups = yield* groupsByKeys(context.current, minting.labels, use.unused);
  const keys = smallestKeySet(groups, Math.ceil(use.unused.length / 2));
  const blame = keys === undefined ? undefined : blameOf(keys, minting, change);
  if (blame !== undefined) yield* churnFinding(context, minting, { use, groups, blame });
}

interface Churn {
  readonly use: NamespaceUse;
  readonly groups: readonly KeyGroup[];
  readonly blame: Blame;
}

function* churnFinding(context: ChangeContext, minting: MintedIdentity, churn: Churn): Generator<Answer, void> {
  const { submission, current: view } = context;
  if (submission.change.op === 'bind' || submission.change.op === 'delete') return;
  const { blame, use } = churn;
  const object = submission.change.after;
  const nearest = yield* nearestIdentity(view, minting);
  const isAuthors = blame.removable.length > 0 && !minting.judgedAtOwner;
  yield {
    check: 'identity-churn',
    id: 'label-churn',
    severity: isAuthors ? 'violation' : 'advice',
    certainty: identityCertainty(view.settings),
    subject: subjectOf(submission.change),
    audience: 'author',
    field: podLabelsField(object),
    facts: {
      labels: blame.keys.slice(0, LISTED_LABELS),
      unused: use.unused.length,
      inUse: use.inUse.length,
      ...(nearest === undefined ? {} : { nearestIdentity: nearest }),
    },
    details: { labels: blame.keys.length, ...(yield* mergedCounts(view, minting.labels, churn)) },
    causes: [],
    proposals: yield* churnFixes(view, {
      object,
      namespace: minting.namespace,
      blame,
      gain: gainOf(view, minting, blame),
    }),
  };
}

/** The unused identities by the pod labels in which they differ from the new one. */
function* groupsByKeys(
  view: ClusterView,
  labels: LabelArray,
  identities: readonly NumericIdentity[],
): Generator<Pause, readonly KeyGroup[]> {
  const groups = new Map<string, { readonly keys: readonly string[]; identities: number }>();
  for (const [index, identity] of identities.entries()) {
    if (index % IDENTITIES_PER_PAUSE === IDENTITIES_PER_PAUSE - 1) yield PAUSE;
    const keys = differingPodKeys(labels, view.labelsOf(identity) ?? []);
    if (keys === undefined) continue;
    const name = keys.join('\n');
    const group = groups.get(name);
    if (group === undefined) groups.set(name, { keys, identities: 1 });
    else group.identities += 1;
  }
  return [...groups.values()];
}

/** How many of the unused, and of those in use, would become one with the new identity. */
function* mergedCounts(view: ClusterView, labels: LabelArray, churn: Churn): Generator<Pause, Facts> {
  const keys = new Set(churn.blame.keys);
  const inUse = yield* groupsByKeys(view, labels, churn.use.inUse);
  return { mergedUnused: mergedBy(keys, churn.groups), mergedInUse: mergedBy(keys, inUse) };
}

interface Neighbour {
  readonly identity: NumericIdentity;
  /** In how many keys it differs. */
  readonly keys: number;
  readonly pods: number;
}

/** Of the numbered ones of the namespace: the one that differs in the fewest keys, then has the most pods, then is lowest. */
function* nearestIdentity(view: ClusterView, minting: MintedIdentity): Generator<Pause, NumericIdentity | undefined> {
  let nearest: Neighbour | undefined;
  let seen = 0;
  for (const identity of view.identitiesIn(minting.namespace)) {
    if (++seen % IDENTITIES_PER_PAUSE === 0) yield PAUSE;
    if (!view.hasNumber(identity)) continue;
    const keys = distance(minting.labels, view.labelsOf(identity) ?? []);
    const neighbour = { identity, keys, pods: view.useOf(identity).pods };
    if (nearest === undefined || isNearer(neighbour, nearest)) nearest = neighbour;
  }
  return nearest?.identity;
}

function isNearer(a: Neighbour, b: Neighbour): boolean {
  return (a.keys - b.keys || b.pods - a.pods || a.identity - b.identity) < 0;
}

function gainOf(view: ClusterView, minting: MintedIdentity, blame: Blame): string {
  const left = new Set(blame.removable);
  const key = canonicalKey(minting.labels.filter((label) => !left.has(label.key)));
  const [identity] = view.identitiesWithKey(key);
  if (identity === undefined || !view.hasNumber(identity)) return 'all such pods would share one identity';
  const { pods } = view.useOf(identity);
  return `the pods would share identity ${identity}${pods > 0 ? ` with ${pods} running ${pods === 1 ? 'pod' : 'pods'}` : ''}`;
}
