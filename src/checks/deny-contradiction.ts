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
import { PAUSE, type Answer, type Finding, type Pause } from './check.ts';
import type { ChangeContext, Check, StateContext } from './context.ts';
import { assess, type Assessment, type Ground } from './deny-contradiction/assess.ts';
import { DenyIndex } from './deny-contradiction/denies.ts';
import {
  contradictions,
  countedDead,
  type ContradictionInput,
  type Dead,
} from './deny-contradiction/contradictions.ts';
import { unitsOf, type Unit } from './deny-contradiction/units.ts';
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
  const violations = new Set(yield* freshDead(countedDead(assessments), ref, context));
  const isRefused = violations.size > 0 && change.op === 'create';
  const unpoliced = isRefused ? yield* unpolicedPods(rulesOf(context.after.policy(ref)), context.before) : 0;
  yield* findings(ref, { assessments, violations, unpoliced, view: context.after });
}

/** In an audit every dead unit counts, and holes that nobody named are none: they are what denies are for. */
function* onState({ view, settings }: StateContext): Iterable<Answer> {
  const ground = groundOf(view);
  for (const { object } of view.policies()) {
    if (object.namespace === undefined || isSystemNamespace(object.namespace, settings)) continue;
    yield PAUSE;
    const assessments = yield* assessPolicy(object, ground);
    const violations = new Set(countedDead(assessments).map(({ unit }) => unit));
    for (const finding of findings(object, { assessments, violations, unpoliced: 0, view })) {
      if (finding.id !== 'partial-allow' || finding.audience === 'author') yield finding;
    }
  }
}

function groundOf(view: ClusterView): Ground {
  return { view, denies: new DenyIndex(view) };
}

function* assessPolicy(ref: ObjectRef, ground: Ground): Generator<Answer, readonly Assessment[]> {
  const policy = ground.view.policy(ref);
  return policy === undefined ? [] : yield* assess(policy, ground);
}

function* findings(ref: ObjectRef, input: Omit<ContradictionInput, 'policy' | 'rules'>): Iterable<Finding> {
  const policy = input.view.policyObject(ref);
  if (policy !== undefined) yield* contradictions({ ...input, policy, rules: rulesOf(input.view.policy(ref)) });
}

/** Dead units without a counterpart in the old object; none if there are not more dead units than before. */
function* freshDead(dead: readonly Dead[], ref: ObjectRef, context: ChangeContext): Generator<Pause, readonly Unit[]> {
  const units = dead.map(({ unit }) => unit);
  const { change } = context.submission;
  const old = change.op === 'update' ? context.before.policy(ref) : undefined;
  if (units.length === 0 || old?.kind !== 'parsed') return units;
  const contents = countContents(unitsOf(old.rules));
  const fresh = units.filter(({ content }) => !takeOne(contents, content));
  if (fresh.length === 0) return [];
  const before = yield* onlyPauses(assess(old, groundOf(context.before)));
  return units.length > countedDead(before).length ? fresh : [];
}

function countContents(units: readonly Unit[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { content } of units) counts.set(content, (counts.get(content) ?? 0) + 1);
  return counts;
}

function takeOne(counts: Map<string, number>, content: string): boolean {
  const left = counts.get(content) ?? 0;
  if (left > 0) counts.set(content, left - 1);
  return left > 0;
}

/** What can't be judged about the old object is nothing to tell. */
function* onlyPauses<Result>(answers: Generator<Answer, Result>): Generator<Pause, Result> {
  for (;;) {
    const step = answers.next();
    if (step.done === true) return step.value;
    if (step.value === PAUSE) yield PAUSE;
  }
}
