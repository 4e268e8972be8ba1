/**
 * relabel-namespace: a change of namespace labels gives every pod of the namespace another identity at once.
 *
 * Counting rule: identities minted are the distinct new keys; minted-worst.ts has the worst case.
 * Cost: O(pods of the namespace), the classes that select each minted key, two counts for each move between classes, and a bounded
 * look at rules and flows (relabel-effects.ts).
 */
import { getOrMake } from '../../cilium/get-or-make.ts';
import { subjectOf } from '../../cluster/change.ts';
import { NO_PORTS } from '../../cilium/named-ports.ts';
import type { PolicyClass } from '../../cluster/policy-class.ts';
import { PAUSE, type Answer, type Fix, type Pause } from '../check.ts';
import type { ChangeContext } from '../context.ts';
import { identityCertainty } from '../facts/certainty.ts';
import { entriesOf, gainingClasses } from '../facts/entries.ts';
import type { BrokenLimit } from '../facts/findings/identity-churn.ts';
import { spareOf } from '../facts/minted-worst.ts';
import { isBeyond, rangeUse } from '../facts/range-use.ts';
import { budgetChange } from '../facts/tenant-budget.ts';
import { breaksHeadroom } from './cluster-headroom.ts';
import { brokenBy } from './identity-budget.ts';
import { relabelEffects } from './relabel-effects.ts';
import {
  byPorts,
  type MovedKey,
  namespaceRelabel,
  type NamespaceRelabel,
  portSetsOfPods,
} from '../facts/relabelled-pods.ts';

type Relabelled = Extract<NamespaceRelabel, { readonly kind: 'relabelled' }>;

/** More than this many is worth a word before it happens. */
const QUIET = { minted: 20, pods: 100 };

/** Of the range: beyond that nobody relabels a namespace. */
const FULL_PERCENT = 85;

export function* relabelNamespace(context: ChangeContext): Iterable<Answer> {
  const relabel = yield* namespaceRelabel(context);
  if (relabel.kind !== 'relabelled') return;
  const broken = yield* brokenLimit(relabel, context);
  if (broken === undefined && relabel.minted.length <= QUIET.minted && relabel.pods <= QUIET.pods) return;
  const effects = yield* relabelEffects(relabel.changes, context);
  yield {
    id: 'relabel-namespace',
    severity: broken === undefined ? 'advice' : 'violation',
    certainty: identityCertainty(context.current.settings),
    subject: subjectOf(context.submission.change),
    audience: 'author',
    field: 'metadata.labels',
    facts: {
      podsReidentified: relabel.pods,
      identitiesMinted: relabel.minted.length,
      identitiesMintedWorst: relabel.minted.length + spareOf(relabel.minted, context.current.settings),
      identitiesOrphaned: relabel.orphaned.length,
      entriesGainedWorst: yield* entriesGainedWorst(relabel, context),
    },
    details: broken === undefined ? {} : { broken },
    ...(effects === undefined ? {} : { effects }),
    causes: [],
    proposals: broken === undefined ? [] : [fixOf(broken, context)],
  };
}

/** In the worst case: what agents may mint besides counts too, of this change and of those admitted just now. */
function* brokenLimit(relabel: Relabelled, context: ChangeContext): Generator<Pause, BrokenLimit | undefined> {
  const change = yield* budgetChange(context);
  if (change === undefined || change.minted === 0) return undefined;
  if (brokenBy(change, context) !== undefined || breaksHeadroom(change, context)) {
    return { kind: 'budget', tenant: change.tenant };
  }
  const { inUse, size } = rangeUse(context);
  const spare = context.ledger.inFlight + spareOf(relabel.minted, context.current.settings);
  const after = { inUse: inUse + change.minted + spare, size };
  if (!isBeyond(after, FULL_PERCENT)) return undefined;
  return { kind: 'range', limit: Math.floor((size * FULL_PERCENT) / 100) };
}

/** The old identities wait for collection, and so do others. */
function fixOf(broken: BrokenLimit, { current: { usage } }: ChangeContext): Fix {
  const minutes = Math.round(usage.collectionWindowMs / 60_000);
  const wait = `relabel fewer namespaces at once: unused identities are collected within ${minutes} minutes of their last use`;
  const exclude = 'the platform team can exclude the label in "labels" of cilium-config';
  return { kind: 'words', text: broken.kind === 'range' ? `${wait}; or ${exclude}` : exclude };
}

/** Of the maps that there are afterwards: the most entries that one has more than its endpoints had before. */
function* entriesGainedWorst({ changes, minted }: Relabelled, context: ChangeContext): Generator<Pause, number> {
  const moved = yield* gainOfMoved(changes, context);
  return Math.max(moved, yield* gainOfOthers(minted, context));
}

/** The pods themselves leave the map of one class for that of another. */
function* gainOfMoved(changes: Relabelled['changes'], { before, after }: ChangeContext): Generator<Pause, number> {
  const seen = new Set<string>();
  let worst = 0;
  for (const { labels, labelsBefore, ports } of changes.flatMap(byPorts)) {
    yield PAUSE;
    const classBefore = before.classOf(labelsBefore, undefined, ports);
    const classAfter = after.classOf(labels, undefined, ports);
    const move = JSON.stringify([classBefore.key, classAfter.key]);
    if (seen.has(move)) continue;
    seen.add(move);
    worst = Math.max(worst, (yield* entriesOf(classAfter, after)) - (yield* entriesOf(classBefore, before)));
  }
  return worst;
}

/** What the new identities add to the maps of those that select them. The old ones are still there. */
function* gainOfOthers(minted: readonly MovedKey[], { before, after }: ChangeContext): Generator<Pause, number> {
  const gains = new Map<string, { readonly policyClass: PolicyClass; gained: number }>();
  for (const { labels, pods } of minted) {
    yield PAUSE;
    const [ports = NO_PORTS] = portSetsOfPods(pods);
    for (const { policyClass, gained } of yield* gainingClasses(labels, ports, before)) {
      const gain = getOrMake(gains, policyClass.key, () => ({ policyClass, gained: 0 }));
      gain.gained += gained;
    }
  }
  let worst = 0;
  for (const { policyClass, gained } of gains.values()) {
    if (gained > worst && after.hasEndpoint(policyClass)) worst = gained;
  }
  return worst;
}
