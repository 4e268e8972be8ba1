/**
 * How the maps of the classes grow for whom identities are minted: those that select them as peers, and their own.
 *
 * A tenant never pays for another: growth is held against the author only where all of it comes from policies in namespaces
 * of the same tenant.
 * Cost: O(classes that select the identity).
 */
import type { LabelArray } from '../../cilium/identity/label.ts';
import type { Rule } from '../../cilium/policy/rule.ts';
import { matches } from '../../cilium/policy/selector.ts';
import type { PolicyClass } from '../../cluster/policy-class.ts';
import type { ClusterView, Tenant } from '../../cluster/view.ts';
import { PAUSE, type Pause } from '../check.ts';
import type { ChangeContext } from '../context.ts';
import { entriesCertainty } from '../facts/certainty.ts';
import { hasEndpoint } from '../facts/class-members.ts';
import { entriesOf } from '../facts/entries.ts';
import type { Growth } from './growth.ts';

export interface MintedLabels {
  readonly namespace: string;
  readonly labels: readonly LabelArray[];
  /** Judged where the labels were written, or a binding: nothing is held against this change. */
  readonly isAdviceOnly: boolean;
}

export function* identityGrowths(minted: MintedLabels, context: ChangeContext): Generator<Pause, readonly Growth[]> {
  const growths = [...(yield* peerGrowths(minted, context))];
  const seen = new Set<string>();
  for (const labels of minted.labels) {
    yield PAUSE;
    const own = yield* ownGrowth(labels, minted, context);
    if (own === undefined || seen.has(own.policyClass.key)) continue;
    seen.add(own.policyClass.key);
    growths.push(own);
  }
  return growths;
}

interface Gain {
  readonly policyClass: PolicyClass;
  gained: number;
  isBlamed: boolean;
}

function* peerGrowths(minted: MintedLabels, context: ChangeContext): Generator<Pause, readonly Growth[]> {
  const view = context.before;
  const gains = new Map<string, Gain>();
  const tenant = view.tenantOf(minted.namespace);
  for (const labels of minted.labels) {
    yield PAUSE;
    for (const { policyClass, gained } of view.classesGaining(labels)) {
      const gain = gains.get(policyClass.key) ?? { policyClass, gained: 0, isBlamed: !minted.isAdviceOnly };
      gains.set(policyClass.key, gain);
      gain.gained += gained;
      gain.isBlamed &&= isOfTenant(rulesSelecting(policyClass, labels), tenant, view);
    }
  }
  return yield* counted(gains.values(), context);
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

/** A class without an endpoint has no map yet: all of it is new. */
function* ownGrowth(
  labels: LabelArray,
  minted: MintedLabels,
  context: ChangeContext,
): Generator<Pause, Growth | undefined> {
  const { before } = context;
  const policyClass = before.classOf(labels);
  if (hasEndpoint(before.membersOf(policyClass), before)) return undefined;
  const { after } = context;
  return {
    policyClass,
    members: () => [...after.membersOf(policyClass)],
    before: 0,
    after: yield* entriesOf(policyClass, after),
    certainty: entriesCertainty(after.settings, policyClass),
    isBlamed: !minted.isAdviceOnly && isOfTenant(policyClass.rules, before.tenantOf(minted.namespace), before),
  };
}

function rulesSelecting({ rules }: PolicyClass, labels: LabelArray): readonly Rule[] {
  return rules.filter(
    ({ peers }) =>
      peers.kind === 'list' &&
      peers.items.some(({ selectors }) => selectors.some((selector) => matches(selector, labels))),
  );
}

function isOfTenant(rules: readonly Rule[], tenant: Tenant, view: ClusterView): boolean {
  return rules.every(({ ref }) => {
    const { namespace } = ref.object;
    return namespace !== undefined && view.tenantOf(namespace) === tenant;
  });
}
