/**
 * invalid-policy: a CiliumNetworkPolicy or CiliumClusterwideNetworkPolicy that agents of this version refuse.
 *
 * The API server stores such an object, and agents do as if it were not there: a new one does nothing, a changed one leaves the
 * version before in force until they restart. One fault in any of `spec` and `specs` is enough. The faults are those that parsing
 * finds (src/cilium/policy/parse/sanitize.ts); what the schema of the CRD refuses never comes to a webhook.
 * Cost: nothing for a policy that is taken; else O(size of the policy), with pauses.
 */
import { isCiliumPolicy, refOf, type ObjectRef } from '../cilium/objects.ts';
import { policyRefusals } from '../cilium/policy/parse/sanitize.ts';
import type { Refusal } from '../cilium/policy/rule.ts';
import { formatVersion } from '../cilium/profile.ts';
import type { ClusterView } from '../cluster/view.ts';
import { PAUSE, type Answer, type FindingOf, type Fix, type Pause } from './check.ts';
import type { ChangeContext, Check, StateContext } from './context.ts';
import { verdictCertainty } from './facts/certainty.ts';
import type { InForce } from './facts/findings/invalid-policy.ts';
import { isSystemNamespace } from './settings.ts';

export const invalidPolicy: Check = {
  id: 'invalid-policy',
  kinds: ['CiliumNetworkPolicy', 'CiliumClusterwideNetworkPolicy'],
  onChange,
  onState,
};

/** Nobody reads more of them, and the next version has what is left. */
const MOST_FAULTS = 100;
const SHOWN_FAULTS = 3;

function* onChange(context: ChangeContext): Iterable<Answer> {
  const { change } = context.submission;
  if (change.op === 'bind' || change.op === 'delete' || !isCiliumPolicy(change.after)) return;
  const ref = refOf(change.after);
  const refusal = refusalIn(context.after, ref);
  if (refusal === undefined) return;
  const former = refusalIn(context.before, ref);
  const had = former === undefined ? [] : [former, ...(yield* faultsIn(context.before, ref))];
  yield yield* invalid(ref, refusal, {
    view: context.after,
    inForce: change.op === 'create' ? 'nothing' : former === undefined ? 'version-before' : 'last-taken',
    // Of several faults the agent tells the first: to mend that one is no step back.
    isNew: had.every(({ reason }) => reason !== refusal.reason),
  });
}

function* onState({ view, settings }: StateContext): Iterable<Answer> {
  for (const { kind, object } of view.policies()) {
    if (kind !== 'refused' || !invalidPolicy.kinds.includes(object.kind)) continue;
    if (object.namespace !== undefined && isSystemNamespace(object.namespace, settings)) continue;
    yield PAUSE;
    const refusal = refusalIn(view, object);
    if (refusal !== undefined) yield yield* invalid(object, refusal, { view, inForce: 'last-taken', isNew: true });
  }
}

function refusalIn(view: ClusterView, ref: ObjectRef): Refusal | undefined {
  const policy = view.policy(ref);
  return policy?.kind === 'refused' ? policy.refusal : undefined;
}

interface Standing {
  readonly view: ClusterView;
  readonly inForce: InForce;
  /** The version before did not have this fault. */
  readonly isNew: boolean;
}

function* invalid(
  object: ObjectRef,
  refusal: Refusal,
  { view, inForce, isNew }: Standing,
): Generator<Pause, FindingOf<'invalid-policy'>> {
  const { field, reason, panics = false } = refusal;
  const others = (yield* faultsIn(view, object)).filter((fault) => fault.field !== field);
  return {
    id: 'invalid-policy',
    severity: isNew ? 'violation' : 'advice',
    certainty: verdictCertainty(view.settings),
    subject: object,
    audience: 'author',
    field,
    facts: { reason, inForce, faults: 1 + others.length },
    details: { panics, version: formatVersion(view.settings.profile.version) },
    causes: [],
    proposals: [correction(refusal, others)],
  };
}

/** What was meant nobody but the author knows. */
function correction({ field }: Refusal, others: readonly Refusal[]): Fix {
  const shown = others.slice(0, SHOWN_FAULTS).map((fault) => `${fault.field} (${fault.reason})`);
  const rest = others.length - shown.length;
  const next = [...shown, ...(rest > 0 ? [`${rest} more`] : [])].join(', ');
  return { kind: 'words', text: `correct ${field}${next === '' ? '' : `; and then ${next}`}` };
}

/** Everything that the agent would refuse it for, in its order; it stops at the first. */
function* faultsIn(view: ClusterView, ref: ObjectRef): Generator<Pause, readonly Refusal[]> {
  const policy = view.policyObject(ref);
  if (policy === undefined || !isCiliumPolicy(policy)) return [];
  const faults: Refusal[] = [];
  for (const fault of policyRefusals(policy, view.settings)) {
    if (fault === undefined) yield PAUSE;
    else if (faults.push(fault) >= MOST_FAULTS) break;
  }
  return faults;
}
