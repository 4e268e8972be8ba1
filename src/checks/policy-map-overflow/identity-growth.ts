/**
 * How maps grow when pods take other identities: those of classes that select what is minted as peers, and their own.
 *
 * Growth is held against the author only as far as it comes from policies in namespaces of the same tenant: before or after,
 * where a namespace changes hands.
 * Cost: O(classes that select the identity), a few numbers each; of those whose map may come near a line what it adds.
 */
import { getOrMake } from '../../cilium/get-or-make.ts';
import type { KeptClass, KeptClasses } from '../../cluster/classes/class-layer.ts';
import type { PolicyClass } from '../../cluster/policy-class.ts';
import { PAUSE, type Pause, type Unjudged } from '../check.ts';
import type { ChangeContext } from '../context.ts';
import { entriesCertainty } from '../facts/entries-certainty.ts';
import { entriesOf, gainingClasses } from '../facts/entries.ts';
import { authorsNamespaces } from '../facts/own-namespaces.ts';
import { pausing } from '../facts/pausing.ts';
import { TenantBlame, type MapChange } from './blame.ts';
import { isFarWith, lowestLine } from './far-classes.ts';
import { growthOf, limitsOf, type Blame, type Growth } from './growth.ts';
import type { LabelMove, LabelMoves } from './label-moves.ts';
import { unknownParts } from './unknown-maps.ts';

export function* identityGrowths(
  moved: LabelMoves,
  context: ChangeContext,
): Generator<Pause | Unjudged, readonly Growth[]> {
  const blame = podBlame(moved, context);
  return [...(yield* peerGrowths(moved, context, blame)), ...(yield* ownGrowths(moved, context, blame))];
}

type PodBlame = (change: MapChange) => Generator<Pause, Blame>;

/** Of two tenants the one that answers for it. */
function podBlame({ isAdviceOnly }: LabelMoves, context: ChangeContext): PodBlame {
  let tenants: readonly TenantBlame[] | undefined;
  return function* (change) {
    let blame: Blame = 'nobody';
    tenants ??= isAdviceOnly ? [] : tenantsOf(context);
    for (const tenant of tenants) {
      blame = yield* tenant.ofPods(change);
      if (blame === 'author') break;
    }
    return blame;
  };
}

function tenantsOf(context: ChangeContext): readonly TenantBlame[] {
  const { limit } = limitsOf(context.before, context.settings);
  return authorsNamespaces(context).map((isOwned) => new TenantBlame(isOwned, limit));
}

interface Gain {
  readonly policyClass: PolicyClass;
  gained: number;
}

function* peerGrowths(
  moved: LabelMoves,
  context: ChangeContext,
  blame: PodBlame,
): Generator<Pause | Unjudged, readonly Growth[]> {
  const minted = [...mintedKeys(moved)];
  const kept = context.before.keptClasses;
  const gains = kept === undefined ? yield* gainsOf(minted, context) : yield* gainsNearLines(minted, kept, context);
  return yield* counted(gains, context, blame);
}

function* gainsOf(minted: readonly LabelMove[], { before }: ChangeContext): Generator<Pause, Iterable<Gain>> {
  const gains = new Map<string, Gain>();
  for (const { labels, ports } of minted) {
    for (const { policyClass, gained } of yield* gainingClasses(labels, ports, before)) {
      yield PAUSE;
      getOrMake(gains, policyClass.key, () => ({ policyClass, gained: 0 })).gained += gained;
    }
  }
  return gains.values();
}

/** Of maps that so many identities cannot bring near a line there is nothing to say, whatever each adds. */
function* gainsNearLines(
  minted: readonly LabelMove[],
  kept: KeptClasses,
  context: ChangeContext,
): Generator<Pause, Iterable<Gain>> {
  const line = lowestLine(context);
  const gains: Gain[] = [];
  for (const [one, newcomers] of yield* newcomersOf(minted, kept, line)) {
    if (isFarWith(one, newcomers, line)) continue;
    let gained = 0;
    for (const newcomer of minted) {
      yield PAUSE;
      gained += yield* pausing(kept.gainedSteps(one.policyClass, newcomer));
    }
    if (gained > 0) gains.push({ policyClass: one.policyClass, gained });
  }
  return gains;
}

/** How many of them may enter the map of each class; but for small maps, where all together fill none. */
function* newcomersOf(
  minted: readonly LabelMove[],
  kept: KeptClasses,
  line: number,
): Generator<Pause, ReadonlyMap<KeptClass, number>> {
  const { entries, mostOfOne } = kept.small;
  const which = entries + mostOfOne * minted.length < line ? 'large' : 'all';
  const newcomers = new Map<KeptClass, number>();
  for (const move of minted) {
    yield PAUSE;
    for (const one of kept.meeting(move, which)) newcomers.set(one, 1 + (newcomers.get(one) ?? 0));
  }
  return newcomers;
}

/** Pods of several keys may take the same one. */
function mintedKeys({ moves }: LabelMoves): Iterable<LabelMove> {
  return new Map(moves.filter(({ isMinted }) => isMinted).map((move) => [move.key, move])).values();
}

function* counted(
  gains: Iterable<Gain>,
  context: ChangeContext,
  blame: PodBlame,
): Generator<Pause | Unjudged, readonly Growth[]> {
  const { before } = context;
  const growths: Growth[] = [];
  for (const { policyClass, gained } of gains) {
    yield PAUSE;
    if (!hasMapAfterwards(policyClass, context)) continue;
    yield* unknownParts(policyClass, context);
    const entries = yield* entriesOf(policyClass, before);
    growths.push({
      policyClass,
      members: () => [...context.after.membersOf(policyClass)],
      before: entries,
      after: entries + gained,
      certainty: entriesCertainty(before, policyClass),
      blame: () => blame(peerChange(policyClass, context)),
    });
  }
  return growths;
}

function peerChange(policyClass: PolicyClass, { before, after }: ChangeContext): MapChange {
  const [member] = before.membersOf(policyClass);
  const labels = (member === undefined ? undefined : before.labelsOf(member)) ?? [];
  return { before: { policyClass, labels, view: before }, after: { policyClass, labels, view: after } };
}

/** A creation takes no endpoint away, so that the cluster as it is tells enough. */
function hasMapAfterwards(policyClass: PolicyClass, context: ChangeContext): boolean {
  const { before, submission } = context;
  if (submission.change.op === 'create' && before.hasEndpoint(policyClass)) return true;
  return context.after.hasEndpoint(policyClass);
}

/** By class; of pods that come from several classes, from the one with the smallest map. */
function* ownGrowths(
  moved: LabelMoves,
  context: ChangeContext,
  blame: PodBlame,
): Generator<Pause | Unjudged, readonly Growth[]> {
  const growths = new Map<string, Growth>();
  for (const move of moved.moves) {
    yield PAUSE;
    const own = yield* ownGrowth(move, context, blame);
    const known = own && growths.get(own.policyClass.key);
    if (own === undefined || (known !== undefined && known.before <= own.before)) continue;
    growths.set(own.policyClass.key, own);
  }
  return [...growths.values()];
}

/**
 * The map that these pods had, if any, against the one that they come to. Only pods that leave another map have a part in one
 * that is there already.
 */
function* ownGrowth(
  { from, labels, ports }: LabelMove,
  context: ChangeContext,
  blame: PodBlame,
): Generator<Pause | Unjudged, Growth | undefined> {
  const { before } = context;
  const policyClass = before.classOf(labels, undefined, ports);
  const classBefore = from === undefined ? undefined : before.classOf(from, undefined, ports);
  const leavesMap = classBefore !== undefined && classBefore.key !== policyClass.key;
  if (!leavesMap && before.hasEndpoint(policyClass)) return undefined;
  const { after } = context;
  const mapBefore = from && classBefore && { policyClass: classBefore, labels: from, view: before };
  const question = {
    policyClass,
    classBefore,
    members: () => [...after.membersOf(policyClass)],
    blame: () => blame({ before: mapBefore, after: { policyClass, labels, view: after } }),
  };
  return yield* growthOf(question, context);
}
