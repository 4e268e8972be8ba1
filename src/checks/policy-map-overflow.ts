/**
 * policy-map-overflow: no change makes an endpoint's policy map exceed bpf-policy-map-max.
 *
 * A map that overflows lacks entries that nobody chose: a missing allow drops flows, a missing deny lets them through. One
 * finding for a change, about the class that is worst off; one more where prefixes that it names fill maps of others.
 * Cost: a policy O(identities that it selects) and a count for each of their classes, and one for each class that its new
 * prefixes enter; a pod or workload nothing unless it takes an identity that nobody uses, then O(classes that select it).
 */
import type { NumericIdentity } from '../cilium/identity/numeric-identity.ts';
import { isPolicy, POLICY_KINDS, refOf, WORKLOAD_KINDS, type ObjectRef } from '../cilium/objects.ts';
import { isOfPods, namespaceOf, subjectOf, writesPolicy } from '../cluster/change.ts';
import type { Answer, Finding, Pause, Unjudged } from './check.ts';
import type { ChangeContext, Check } from './context.ts';
import { namespaceOfIdentity } from './facts/namespace-of-identity.ts';
import { authorsNamespaces, ownersNamespaces } from './facts/own-namespaces.ts';
import { contributorsOf } from './policy-map-overflow/contributors.ts';
import { foreignNamers, type ForeignPrefixes } from './policy-map-overflow/foreign-namers.ts';
import { fullMaps } from './policy-map-overflow/full-maps.ts';
import { limitsOf, worstOf, type Blame, type Growth, type WorstGrowth } from './policy-map-overflow/growth.ts';
import { identityGrowths } from './policy-map-overflow/identity-growth.ts';
import { labelMoves, movesNothing } from './policy-map-overflow/label-moves.ts';
import { fixesFor } from './policy-map-overflow/overflow-fix.ts';
import { overflowFinding } from './policy-map-overflow/overflow-finding.ts';
import { policyBlame } from './policy-map-overflow/policy-blame.ts';
import { addsPrefixes, policyGrowths, subjectsOfChange } from './policy-map-overflow/policy-growth.ts';
import { prefixGrowths } from './policy-map-overflow/prefix-growth.ts';

export const policyMapOverflow: Check = {
  id: 'policy-map-overflow',
  kinds: ['Pod', 'Namespace', 'CiliumCIDRGroup', ...WORKLOAD_KINDS, ...POLICY_KINDS],
  onChange,
  isSilent: (context) => isOfPods(context.submission.change) && movesNothing(context),
  onState: fullMaps,
};

function* onChange(context: ChangeContext): Iterable<Answer> {
  for (const growths of yield* growthsOf(context)) {
    if (growths.length === 0) continue;
    const worst = yield* worstOf(growths, limitsOf(context.current, context.settings), () => context.after);
    if (worst !== undefined) yield yield* growthFinding(worst, context);
  }
}

function* growthFinding({ growth, severity, blame }: WorstGrowth, context: ChangeContext): Generator<Pause, Finding> {
  const contributors = yield* contributorsOf(growth.policyClass, context.after);
  const audience = blame === 'other-tenants' ? 'platform' : audienceOf(growth, context);
  if (severity === 'violation' && audience === 'platform') return yield* namelessFinding(growth, context);
  // Of a policy only the prefixes come to maps of others.
  const isOfPrefixes = blame === 'other-tenants' || writesPolicy(context.submission.change);
  return yield* overflowFinding({
    ...growth,
    identities: growth.members(),
    contributors,
    subject: subjectOf(context.submission.change),
    severity,
    audience,
    foreign: audience === 'platform' && isOfPrefixes ? yield* foreignIn(growth, context) : undefined,
    view: context.after,
    settled: context.settled,
    proposals: severity === 'violation' ? yield* fixesFor(growth, contributors, context) : [],
  });
}

/** A Namespace that comes to a tenant may fill a map of that tenant: it is refused for it, and its author reads no name. */
function* namelessFinding(growth: Growth, context: ChangeContext): Generator<Pause, Finding> {
  const { details, ...finding } = yield* overflowFinding({
    ...growth,
    identities: growth.members(),
    contributors: [],
    subject: subjectOf(context.submission.change),
    severity: 'violation',
    audience: 'author',
    view: context.after,
    settled: context.settled,
    proposals: [],
  });
  return { ...finding, details: { shares: details.shares } };
}

/** As seen by those who have the map, of whatever tenants they are. */
function* foreignIn(
  { policyClass, members }: Growth,
  { after }: ChangeContext,
): Generator<Pause, ForeignPrefixes | undefined> {
  return yield* foreignNamers(yield* ownersNamespaces(members(), after), policyClass, after);
}

/** One finding for each group: what is for others to read about stays apart. */
function* growthsOf(context: ChangeContext): Generator<Pause | Unjudged, readonly (readonly Growth[])[]> {
  const { change } = context.submission;
  if (change.op === 'bind' || change.op === 'delete') return [yield* movedGrowths(context)];
  if (isPolicy(change.after)) return yield* changedPolicyGrowths(refOf(change.after), context);
  if (change.after.kind !== 'CiliumCIDRGroup') return [yield* movedGrowths(context)];
  const { own } = yield* prefixGrowths({ judged: () => new Set(), blame: blameAuthor, isOwn: () => true }, context);
  return [own];
}

function* blameAuthor(): Generator<Pause, Blame> {
  return 'author';
}

function* changedPolicyGrowths(
  ref: ObjectRef,
  context: ChangeContext,
): Generator<Pause | Unjudged, readonly (readonly Growth[])[]> {
  const policy = { before: context.before.policy(ref), after: context.after.policy(ref) };
  const blame = policyBlame(policy, ref.namespace, context);
  const selected = yield* policyGrowths(policy, context, blame);
  if (!addsPrefixes(policy)) return [selected];
  const judged = (): ReadonlySet<NumericIdentity> => subjectsOfChange(policy, context);
  const isOwn = (identities: readonly NumericIdentity[]): boolean => isOfAuthor(identities, context);
  const prefixed = yield* prefixGrowths({ judged, blame, isOwn }, context);
  return [[...selected, ...prefixed.own], prefixed.others];
}

function* movedGrowths(context: ChangeContext): Generator<Pause | Unjudged, readonly Growth[]> {
  const moved = yield* labelMoves(context);
  return moved === undefined ? [] : yield* identityGrowths(moved, context);
}

/** A map of another tenant is nothing for the author to read about. */
function audienceOf({ members }: Growth, context: ChangeContext): Finding['audience'] {
  return isOfAuthor(members(), context) ? 'author' : 'platform';
}

/** The author of a clusterwide object answers for every map, and reads about it. */
function isOfAuthor(identities: readonly NumericIdentity[], context: ChangeContext): boolean {
  if (namespaceOf(context.submission.change) === undefined) return true;
  const [isOwned] = authorsNamespaces(context);
  return identities.every((identity) => isOwned(namespaceOfIdentity(identity, context.after)));
}
