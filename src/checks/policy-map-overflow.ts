/**
 * policy-map-overflow: no change makes an endpoint's policy map exceed bpf-policy-map-max.
 *
 * A map that overflows lacks entries that nobody chose: a missing allow drops flows, a missing deny lets them through. One
 * finding for a change, about the class that is worst off; one more where prefixes that it names fill maps of others.
 * Cost: a policy O(identities that it selects) and a count for each of their classes, and one for each class
 * that its new prefixes enter; a pod or workload nothing unless it
 * takes an identity that nobody uses, then O(classes that select it).
 */
import { labelOf } from '../cilium/identity/label.ts';
import { POD_NAMESPACE_KEY } from '../cilium/identity/pod-labels.ts';
import type { NumericIdentity } from '../cilium/identity/numeric-identity.ts';
import { isPolicy, POLICY_KINDS, refOf, WORKLOAD_KINDS, type ObjectRef } from '../cilium/objects.ts';
import { subjectOf } from '../cluster/change.ts';
import type { ClusterView } from '../cluster/view.ts';
import { PAUSE, type Answer, type Finding, type Fix, type Pause, type Severity, type Unjudged } from './check.ts';
import type { ChangeContext, Check, StateContext } from './context.ts';
import { entriesCertainty } from './facts/certainty.ts';
import { allClasses, hasEndpoint, type ClassMembers } from './facts/class-members.ts';
import { entriesOf } from './facts/entries.ts';
import { worstOf, type Growth, type GrowthLimits, type WorstGrowth } from './policy-map-overflow/growth.ts';
import { identityGrowths } from './policy-map-overflow/identity-growth.ts';
import { labelMoves } from './policy-map-overflow/label-moves.ts';
import { fixesFor } from './policy-map-overflow/overflow-fix.ts';
import { overflowFinding } from './policy-map-overflow/overflow-finding.ts';
import {
  addsPrefixes,
  policyAddsAllows,
  policyGrowths,
  subjectsOfChange,
} from './policy-map-overflow/policy-growth.ts';
import { prefixGrowths } from './policy-map-overflow/prefix-growth.ts';
import { isSystemNamespace, type CheckSettings } from './settings.ts';

export const policyMapOverflow: Check = {
  id: 'policy-map-overflow',
  kinds: ['Pod', 'Namespace', 'CiliumCIDRGroup', ...WORKLOAD_KINDS, ...POLICY_KINDS],
  onChange,
  onState,
};

function* onChange(context: ChangeContext): Iterable<Answer> {
  for (const growths of yield* growthsOf(context)) {
    if (growths.length === 0) continue;
    const worst = worstOf(growths, limitsOf(context.current, context.settings), () => context.after);
    if (worst !== undefined) yield yield* growthFinding(worst, context);
  }
}

function* growthFinding({ growth, severity }: WorstGrowth, context: ChangeContext): Generator<Pause, Finding> {
  const subject = subjectOf(context.submission.change);
  return yield* overflowFinding({
    ...growth,
    identities: growth.members(),
    subject,
    severity,
    audience: audienceOf(growth, context),
    view: context.after,
    settled: context.settled,
    fixesFor: (contributors) => (severity === 'violation' ? fixesFor(growth, contributors, context) : noFixes()),
  });
}

function* noFixes(): Generator<Pause, readonly Fix[]> {
  return [];
}

/** One finding for each group: what is for others to read about stays apart. */
function* growthsOf(context: ChangeContext): Generator<Pause | Unjudged, readonly (readonly Growth[])[]> {
  const { change } = context.submission;
  if (change.op === 'bind' || change.op === 'delete') return [yield* movedGrowths(context)];
  if (isPolicy(change.after)) return yield* changedPolicyGrowths(refOf(change.after), context);
  if (change.after.kind !== 'CiliumCIDRGroup') return [yield* movedGrowths(context)];
  const { own } = yield* prefixGrowths({ judged: new Set(), addsAllows: true, isOwn: () => true }, context);
  return [own];
}

function* changedPolicyGrowths(
  ref: ObjectRef,
  context: ChangeContext,
): Generator<Pause | Unjudged, readonly (readonly Growth[])[]> {
  const policy = { before: context.before.policy(ref), after: context.after.policy(ref) };
  const selected = yield* policyGrowths(policy, context);
  if (!addsPrefixes(policy)) return [selected];
  const judged = subjectsOfChange(policy, context);
  const isOwn = (identities: readonly NumericIdentity[]): boolean => isOfAuthor(identities, context);
  const prefixed = yield* prefixGrowths({ judged, addsAllows: policyAddsAllows(policy), isOwn }, context);
  return [[...selected, ...prefixed.own], prefixed.others];
}

function* movedGrowths(context: ChangeContext): Generator<Pause, readonly Growth[]> {
  const moved = yield* labelMoves(context);
  return moved === undefined ? [] : yield* identityGrowths(moved, context);
}

/** A map of another tenant is nothing for the author to read about. */
function audienceOf({ members }: Growth, context: ChangeContext): Finding['audience'] {
  return isOfAuthor(members(), context) ? 'author' : 'platform';
}

/** The author of a clusterwide object answers for every map, and reads about it. */
function isOfAuthor(identities: readonly NumericIdentity[], { after, submission }: ChangeContext): boolean {
  const subject = subjectOf(submission.change);
  const namespace = subject.kind === 'Namespace' ? subject.name : subject.namespace;
  if (namespace === undefined) return true;
  const author = after.tenantOf(namespace);
  return identities.every((identity) => after.tenantOf(namespaceOf(identity, after)) === author);
}

/** In an audit the finding is about the state: nothing has grown. */
function* onState({ view, settings }: StateContext): Iterable<Answer> {
  const settled = view.settled();
  for (const members of yield* allClasses(view)) {
    yield PAUSE;
    if (!hasEndpoint(members.identities, view)) continue;
    const entries = yield* entriesOf(members.policyClass, view);
    const severity = stateSeverity(entries, members, { view, settings });
    const namespace = namespaceOf(members.identities[0] ?? 0, view);
    if (severity === undefined || namespace === undefined) continue;
    yield yield* overflowFinding({
      ...members,
      subject: { kind: 'Namespace', name: namespace },
      severity,
      certainty: entriesCertainty(view.settings, members.policyClass),
      audience: 'author',
      before: entries,
      after: entries,
      view,
      settled,
      fixesFor: noFixes,
    });
  }
}

/** A full map of a system namespace is worth knowing, and nobody's violation. */
function stateSeverity(
  entries: number,
  { identities }: ClassMembers,
  { view, settings }: StateContext,
): Severity | undefined {
  const { limit, advicePercent } = limitsOf(view, settings);
  if (entries < (limit * advicePercent) / 100) return undefined;
  const namespace = namespaceOf(identities[0] ?? 0, view);
  const isSystem = namespace !== undefined && isSystemNamespace(namespace, settings);
  return entries > limit && !isSystem ? 'violation' : 'advice';
}

function namespaceOf(identity: number, view: ClusterView): string | undefined {
  return labelOf(view.labelsOf(identity) ?? [], POD_NAMESPACE_KEY)?.value;
}

function limitsOf(view: ClusterView, settings: CheckSettings): GrowthLimits {
  return { limit: view.settings.config.policyMapMax, advicePercent: settings.policyMapOverflow.advicePercent };
}
