/**
 * policy-map-overflow: no change makes an endpoint's policy map exceed bpf-policy-map-max.
 *
 * A map that overflows lacks entries that nobody chose: a missing allow drops flows, a missing deny lets them through. One
 * finding for a change, about the class that is worst off.
 * Cost: a policy O(identities that it selects) and a count for each of their classes; a pod or workload nothing unless it
 * takes an identity that nobody uses, then O(classes that select it).
 */
import { labelOf } from '../cilium/identity/label.ts';
import { POD_NAMESPACE_KEY } from '../cilium/identity/pod-labels.ts';
import { isPolicy, POLICY_KINDS, refOf, WORKLOAD_KINDS } from '../cilium/objects.ts';
import { subjectOf } from '../cluster/change.ts';
import type { ClusterView } from '../cluster/view.ts';
import { PAUSE, type Answer, type Finding, type Pause, type Severity, type Unjudged } from './check.ts';
import type { ChangeContext, Check, StateContext } from './context.ts';
import { entriesCertainty } from './facts/certainty.ts';
import { allClasses, hasEndpoint, type ClassMembers } from './facts/class-members.ts';
import { entriesOf } from './facts/entries.ts';
import { worstOf, type Growth, type GrowthLimits } from './policy-map-overflow/growth.ts';
import { identityGrowths } from './policy-map-overflow/identity-growth.ts';
import { labelMoves } from './policy-map-overflow/label-moves.ts';
import { fixesFor } from './policy-map-overflow/overflow-fix.ts';
import { overflowFinding } from './policy-map-overflow/overflow-finding.ts';
import { policyGrowths } from './policy-map-overflow/policy-growth.ts';
import { isSystemNamespace, type CheckSettings } from './settings.ts';

export const policyMapOverflow: Check = {
  id: 'policy-map-overflow',
  kinds: ['Pod', 'Namespace', ...WORKLOAD_KINDS, ...POLICY_KINDS],
  onChange,
  onState,
};

function* onChange(context: ChangeContext): Iterable<Answer> {
  const growths = yield* growthsOf(context);
  if (growths.length === 0) return;
  const worst = worstOf(growths, limitsOf(context.current, context.settings), () => context.after);
  if (worst === undefined) return;
  const { growth, severity } = worst;
  const subject = subjectOf(context.submission.change);
  const policy = context.after.policy(subject);
  yield yield* overflowFinding({
    ...growth,
    identities: growth.members(),
    subject,
    severity,
    audience: audienceOf(growth, context),
    view: context.after,
    settled: context.settled,
    fixesFor: (contributors, settled) =>
      severity === 'violation'
        ? fixesFor({ growth, settled, contributors, policy, settings: context.current.settings })
        : [],
  });
}

function* growthsOf(context: ChangeContext): Generator<Pause | Unjudged, readonly Growth[]> {
  const { change } = context.submission;
  if (change.op !== 'bind' && change.op !== 'delete' && isPolicy(change.after)) {
    return yield* policyGrowths(refOf(change.after), context);
  }
  const moved = yield* labelMoves(context);
  return moved === undefined ? [] : yield* identityGrowths(moved, context);
}

/** A map of another tenant is nothing for the author to read about. A clusterwide policy's author reads about every map. */
function audienceOf({ members }: Growth, { after, submission }: ChangeContext): Finding['audience'] {
  const subject = subjectOf(submission.change);
  if (subject.kind === 'CiliumClusterwideNetworkPolicy') return 'author';
  const author = after.tenantOf(subject.kind === 'Namespace' ? subject.name : subject.namespace);
  const isOwn = members().every((identity) => after.tenantOf(namespaceOf(identity, after)) === author);
  return isOwn ? 'author' : 'platform';
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
      fixesFor: () => [],
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
