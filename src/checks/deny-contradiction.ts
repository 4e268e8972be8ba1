/**
 * deny-contradiction: no namespaced policy allows what a clusterwide deny forbids.
 *
 * In Cilium a deny beats every allow, whatever their order and scope, so an allow under a clusterwide deny silently does
 * nothing. Each unit of a namespaced policy (a peer item with a port) is dead for good, dead among the identities of today,
 * partly denied, or untouched. A dead unit is a violation if the change brings it: the old object has none with its content,
 * and there are more dead units than before.
 * Cost: nothing without clusterwide denies; else a proof for each unit, with a pause before each.
 */
import { isPolicy, refOf, type ObjectRef } from '../cilium/objects.ts';
import { rulesOf } from '../cilium/policy/rule.ts';
import type { ClusterView } from '../cluster/view.ts';
import { isFinding, PAUSE, type Answer, type Finding, type Pause, type Unjudged } from './check.ts';
import type { ChangeContext, Check, StateContext } from './context.ts';
import { assess, type Assessment, type Ground } from './deny-contradiction/assess.ts';
import { DenyIndex } from './deny-contradiction/denies.ts';
import {
  contradictions,
  countedDead,
  type ContradictionInput,
  type Dead,
} from './deny-contradiction/contradictions.ts';
import { withoutCounterpart } from './deny-contradiction/counterparts.ts';
import type { Unit } from './deny-contradiction/units.ts';
import { unpolicedPods } from './deny-contradiction/unpoliced.ts';
import { isSystemNamespace } from './settings.ts';

export const denyContradiction: Check = {
  id: 'deny-contradiction',
  kinds: ['CiliumNetworkPolicy', 'NetworkPolicy'],
  onChange,
  onState,
};

function* onChange(context: ChangeContext): Iterable<Answer> {
  const { change } = context.submission;
  if (change.op === 'bind' || change.op === 'delete' || !isPolicy(change.after)) return;
  const ref = refOf(change.after);
  const assessments = yield* assessPolicy(ref, groundOf(context.after));
  const rules = rulesOf(context.after.policy(ref));
  const violations = new Set(yield* freshDead(countedDead(assessments, rules), ref, context));
  const isRefused = violations.size > 0 && change.op === 'create';
  const unpoliced = isRefused ? yield* unpolicedPods(rules, context.before) : 0;
  yield* findings(ref, { assessments, violations, unpoliced, view: context.after });
}

/** In an audit every dead unit counts, and holes that nobody named are none: they are what denies are for. */
function* onState({ view, settings }: StateContext): Iterable<Answer> {
  const ground = groundOf(view);
  for (const { object } of view.policies()) {
    if (object.namespace === undefined || isSystemNamespace(object.namespace, settings)) continue;
    yield PAUSE;
    const assessments = yield* about(object, assessPolicy(object, ground));
    const violations = new Set(countedDead(assessments, rulesOf(view.policy(object))).map(({ unit }) => unit));
    for (const finding of findings(object, { assessments, violations, unpoliced: 0, view })) {
      if (finding === PAUSE || !isUnnamedHole(finding)) yield finding;
    }
  }
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
  if (policy !== undefined) yield* contradictions({ ...input, policy, rules: rulesOf(input.view.policy(ref)) });
}

/** Dead units without a counterpart in the old object; none if there are not more dead units than before. */
function* freshDead(
  dead: readonly Dead[],
  ref: ObjectRef,
  context: ChangeContext,
): Generator<Pause | Unjudged, readonly Unit[]> {
  const units = dead.map(({ unit }) => unit);
  const { change } = context.submission;
  const old = change.op === 'update' ? context.before.policy(ref) : undefined;
  if (units.length === 0 || old?.kind !== 'parsed') return units;
  const fresh = yield* withoutCounterpart(units, old.rules);
  if (fresh.length === 0) return [];
  const before = yield* onlyPauses(assess(old, groundOf(context.before)));
  return units.length > countedDead(before, old.rules).length ? fresh : [];
}

/** What can't be judged about the old object is nothing to tell. */
function* onlyPauses<Result>(answers: Generator<Answer, Result>): Generator<Pause, Result> {
  for (;;) {
    const step = answers.next();
    if (step.done === true) return step.value;
    if (step.value === PAUSE) yield PAUSE;
  }
}
