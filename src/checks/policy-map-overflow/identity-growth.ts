/**
 * How maps grow when pods take other identities: those of classes that select what is minted as peers, and their own.
 *
 * A tenant never pays for another: growth is held against the author only where all of it comes from policies in namespaces
 * of the same tenant.
 * Cost: O(classes that select the identity).
 */
import { getOrMake } from '../../cilium/get-or-make.ts';
import type { LabelArray } from '../../cilium/identity/label.ts';
import type { NumericIdentity } from '../../cilium/identity/numeric-identity.ts';
import { listedSelectors, type Rule } from '../../cilium/policy/rule.ts';
import { matches } from '../../cilium/policy/selector.ts';
import type { PolicyClass } from '../../cluster/policy-class.ts';
import type { ClusterView, Tenant } from '../../cluster/view.ts';
import { PAUSE, type Pause } from '../check.ts';
import type { ChangeContext } from '../context.ts';
import { entriesCertainty } from '../facts/certainty.ts';
import { hasEndpoint } from '../facts/class-members.ts';
import { entriesOf, gainingClasses } from '../facts/entries.ts';
import { growthOf, type Growth } from './growth.ts';
import type { LabelMove, LabelMoves } from './label-moves.ts';

export function* identityGrowths(moved: LabelMoves, context: ChangeContext): Generator<Pause, readonly Growth[]> {
  return [...(yield* peerGrowths(moved, context)), ...(yield* ownGrowths(moved, context))];
}

interface Gain {
  readonly policyClass: PolicyClass;
  gained: number;
  isBlamed: boolean;
}

function* peerGrowths(moved: LabelMoves, context: ChangeContext): Generator<Pause, readonly Growth[]> {
  const view = context.before;
  const gains = new Map<string, Gain>();
  const tenant = view.tenantOf(moved.namespace);
  for (const labels of mintedLabels(moved)) {
    for (const { policyClass, gained } of yield* gainingClasses(labels, view)) {
      yield PAUSE;
      const gain = getOrMake(gains, policyClass.key, () => ({
        policyClass,
        gained: 0,
        isBlamed: !moved.isAdviceOnly,
      }));
      gain.gained += gained;
      gain.isBlamed &&= isOfTenant(rulesSelecting(policyClass, labels), tenant, view);
    }
  }
  return yield* counted(gains.values(), context);
}

/** Pods of several keys may take the same one. */
function mintedLabels({ moves }: LabelMoves): Iterable<LabelArray> {
  return new Map(moves.filter(({ isMinted }) => isMinted).map(({ key, labels }) => [key, labels])).values();
}

function* counted(gains: Iterable<Gain>, context: ChangeContext): Generator<Pause, readonly Growth[]> {
  const { before } = context;
  const growths: Growth[] = [];
  for (const { policyClass, gained, isBlamed } of gains) {
    yield PAUSE;
    if (!hasMapAfterwards(policyClass, context)) continue;
    const entries = yield* entriesOf(policyClass, before);
    growths.push({
      policyClass,
      members: () => [...context.after.membersOf(policyClass)],
      before: entries,
      after: entries + gained,
      certainty: entriesCertainty(before.settings, policyClass),
      isBlamed,
    });
  }
  return growths;
}

/** A creation takes no endpoint away, so that the cluster as it is tells enough. */
function hasMapAfterwards(policyClass: PolicyClass, context: ChangeContext): boolean {
  const { before, submission } = context;
  if (submission.change.op === 'create' && hasEndpoint(before.membersOf(policyClass), before)) return true;
  return hasEndpoint(context.after.membersOf(policyClass), context.after);
}

/** By class; of pods that come from several classes, from the one with the smallest map. */
function* ownGrowths(moved: LabelMoves, context: ChangeContext): Generator<Pause, readonly Growth[]> {
  const growths = new Map<string, Growth>();
  for (const move of moved.moves) {
    yield PAUSE;
    const own = yield* ownGrowth(move, moved, context);
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
function* ownGrowth(move: LabelMove, moved: LabelMoves, context: ChangeContext): Generator<Pause, Growth | undefined> {
  const { before } = context;
  const policyClass = before.classOf(move.labels);
  const classBefore = move.from === undefined ? undefined : before.classOf(move.from);
  const leavesMap = classBefore !== undefined && classBefore.key !== policyClass.key;
  if (!leavesMap && hasEndpoint(before.membersOf(policyClass), before)) return undefined;
  const isBlamed =
    !moved.isAdviceOnly &&
    isOfTenant(gainingRules(policyClass, classBefore, move), before.tenantOf(moved.namespace), before);
  const members = (): readonly NumericIdentity[] => [...context.after.membersOf(policyClass)];
  return yield* growthOf({ policyClass, classBefore, members, isBlamed }, context);
}

/** The rules that are new to the pods, and those that select what is minted; all of them where none is. */
function gainingRules(after: PolicyClass, before: PolicyClass | undefined, move: LabelMove): readonly Rule[] {
  const known = new Set(before?.rules);
  const selecting = new Set(move.isMinted ? rulesSelecting(after, move.labels) : []);
  const gaining = after.rules.filter((rule) => !known.has(rule) || selecting.has(rule));
  return gaining.length === 0 ? after.rules : gaining;
}

function rulesSelecting({ rules }: PolicyClass, labels: LabelArray): readonly Rule[] {
  return rules.filter(({ peers }) => listedSelectors(peers).some((selector) => matches(selector, labels)));
}

function isOfTenant(rules: readonly Rule[], tenant: Tenant, view: ClusterView): boolean {
  return rules.every(({ ref }) => {
    const { namespace } = ref.object;
    return namespace !== undefined && view.tenantOf(namespace) === tenant;
  });
}
