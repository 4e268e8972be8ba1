/**
 * deny-contradiction: no namespaced policy allows what a clusterwide deny forbids.
 *
 * In Cilium a deny beats every allow, whatever their order and scope, so an allow under a clusterwide deny silently does nothing;
 * only the Admin tier of ClusterNetworkPolicies comes before (deny-contradiction/overruled.ts). Each unit of a namespaced policy
 * (a peer item with a port) is dead for good, dead among the identities of today, partly denied, or untouched. A dead unit is a
 * violation if the change brings it: the dead units of the old object do not contain it, and there are more than before.
 * A peer selector that can match no identity is advice, whatever is denied.
 * Of a clusterwide policy nothing is refused: its author is told which allows it kills.
 * Cost: nothing without clusterwide denies; else a proof for each unit, with a pause before each.
 */
import { isPolicy, refOf, type ObjectRef, type PolicyObject } from '../cilium/objects.ts';
import { writtenRules } from '../cilium/policy/rule.ts';
import type { ClusterView } from '../cluster/view.ts';
import { isFinding, PAUSE, type Answer, type Finding, type Pause, type Unjudged } from './check.ts';
import type { ChangeContext, Check, StateContext } from './context.ts';
import { assess, factsOf, type Assessment, type Ground } from './deny-contradiction/assess.ts';
import { DenyIndex } from './deny-contradiction/denies.ts';
import {
  contradictions,
  countedDead,
  type ContradictionInput,
  type Dead,
} from './deny-contradiction/contradictions.ts';
import { freshAmong } from './deny-contradiction/fresh.ts';
import { killsAllows } from './deny-contradiction/kills-allows.ts';
import { deadSelectorFindings, idleSelectorFindings } from './deny-contradiction/selector-findings.ts';
import type { Unit } from './deny-contradiction/units.ts';
import { unpolicedPods } from './deny-contradiction/unpoliced.ts';
import { isSystemNamespace } from './settings.ts';

export const denyContradiction: Check = {
  id: 'deny-contradiction',
  kinds: ['CiliumNetworkPolicy', 'NetworkPolicy', 'CiliumClusterwideNetworkPolicy', 'ClusterNetworkPolicy'],
  onChange,
  onState,
};

function* onChange(context: ChangeContext): Iterable<Answer> {
  const { change } = context.submission;
  if (change.op === 'bind' || change.op === 'delete' || !isPolicy(change.after)) return;
  if ('namespace' in change.after) yield* ofNamespaced(change.after, context);
  else yield* ofClusterwide(change.after, context);
}

/** Its author is told of what it does to others. */
function* ofClusterwide(policy: PolicyObject, context: ChangeContext): Iterable<Answer> {
  const finding = yield* killsAllows(policy, context);
  if (finding !== undefined) yield finding;
}

function* ofNamespaced(policy: PolicyObject, context: ChangeContext): Iterable<Answer> {
  const { change } = context.submission;
  const ref = refOf(policy);
  const assessments = yield* assessPolicy(ref, groundOf(context.after));
  const rules = writtenRules(context.after.policy(ref));
  const violations = new Set(yield* freshDead(countedDead(assessments, rules), ref, context));
  const isRefused = violations.size > 0 && change.op === 'create';
  const unpoliced = isRefused ? yield* unpolicedPods(rules, context.before) : 0;
  yield* findings(ref, { assessments, violations, unpoliced, view: context.after });
  yield* deadSelectorFindings(policy, context.after);
}

/** In an audit every dead unit counts, and holes that nobody named are none: they are what denies are for. */
function* onState({ view, settings, now }: StateContext): Iterable<Answer> {
  // An audit says so of the model, once.
  if (view.settings.filter.kind !== 'known') return;
  const ground = groundOf(view);
  for (const { object } of view.policies()) {
    if (object.namespace === undefined || isSystemNamespace(object.namespace, settings)) continue;
    yield PAUSE;
    const assessments = yield* about(object, assessPolicy(object, ground));
    const violations = new Set(countedDead(assessments, writtenRules(view.policy(object))).map(({ unit }) => unit));
    for (const finding of findings(object, { assessments, violations, unpoliced: 0, view })) {
      if (finding === PAUSE || !isUnnamedHole(finding)) yield finding;
    }
    yield* selectorsOfState(object, { view, now });
  }
}

function* selectorsOfState(
  ref: ObjectRef,
  state: { readonly view: ClusterView; readonly now: number | undefined },
): Iterable<Answer> {
  const policy = state.view.policyObject(ref);
  if (policy === undefined) return;
  const said = yield* deadSelectorFindings(policy, state.view);
  yield* idleSelectorFindings(policy, state, said);
}

/** Nothing was submitted that a field could be of. */
function* about<Result>(object: ObjectRef, answers: Generator<Answer, Result>): Generator<Answer, Result> {
  for (;;) {
    const step = answers.next();
    if (step.done === true) return step.value;
    const answer = step.value;
    yield answer === PAUSE || isFinding(answer) ? answer : { object, ...answer };
  }
}

/** A hole that nobody named. */
function isUnnamedHole({ id, audience }: Finding): boolean {
  return id === 'partial-allow' && audience === 'platform';
}

function groundOf(view: ClusterView): Ground {
  return { view, denies: new DenyIndex(view) };
}

function* assessPolicy(ref: ObjectRef, ground: Ground): Generator<Answer, readonly Assessment[]> {
  const policy = ground.view.policy(ref);
  return policy === undefined ? [] : yield* assess(policy, ground);
}

function* findings(ref: ObjectRef, input: Omit<ContradictionInput, 'policy' | 'rules'>): Iterable<Pause | Finding> {
  const policy = input.view.policyObject(ref);
  if (policy !== undefined) yield* contradictions({ ...input, policy, rules: writtenRules(input.view.policy(ref)) });
}

/**
 * Dead units that the dead ones of the old object do not contain; none if there are not more dead units than before. A
 * prefix that was dead beside living ones is no news either.
 */
function* freshDead(
  dead: readonly Dead[],
  ref: ObjectRef,
  context: ChangeContext,
): Generator<Pause | Unjudged, readonly Unit[]> {
  const units = dead.map(({ unit }) => unit);
  const { change } = context.submission;
  const { settings } = context.after;
  const old = change.op === 'update' ? context.before.policy(ref) : undefined;
  if (units.length === 0 || old === undefined || old.kind === 'refused' || settings.filter.kind !== 'known')
    return units;
  const { assessments, unfinished } = yield* formerly(assess(old, groundOf(context.before)));
  if (units.length <= countedDead(assessments, old.rules).length) return [];
  if (unfinished !== undefined) {
    yield { ...unfinished, reason: `of the policy as it was, ${unfinished.reason}` };
    return [];
  }
  const before = assessments.filter(({ kind }) => kind === 'dead').map(({ unit }) => unit);
  const facts = factsOf(settings, settings.filter.filter);
  return yield* freshAmong(units, { dead: before, rules: old.rules }, facts);
}

interface Formerly {
  readonly assessments: readonly Assessment[];
  /** A bound was in the way. */
  readonly unfinished: Unjudged | undefined;
}

/** Else, what can't be judged about the old object is nothing to tell. */
function* formerly(answers: Generator<Pause | Unjudged, readonly Assessment[]>): Generator<Pause, Formerly> {
  let unfinished: Unjudged | undefined;
  for (;;) {
    const step = answers.next();
    if (step.done === true) return { assessments: step.value, unfinished };
    if (step.value === PAUSE) yield PAUSE;
    else if (step.value.unfinished !== undefined) unfinished = step.value;
  }
}
