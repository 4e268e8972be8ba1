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
import type { ClusterView } from '../cluster/view.ts';
import { PAUSE, type Answer, type Pause } from './check.ts';
import type { ChangeContext, Check, StateContext } from './context.ts';
import { assess, type Assessment } from './deny-contradiction/assess.ts';
import { contradictions, countedDead, type Dead } from './deny-contradiction/contradictions.ts';
import { unitsOf, type Unit } from './deny-contradiction/units.ts';
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
  const { after } = context;
  const assessments = yield* assessPolicy(ref, after);
  const violations = new Set(yield* freshDead(countedDead(assessments), ref, context));
  yield* findings(ref, assessments, violations, after);
}

/** In an audit every dead unit counts, and holes that nobody named are none: they are what denies are for. */
function* onState({ view, settings }: StateContext): Iterable<Answer> {
  for (const { object } of view.policies()) {
    if (object.namespace === undefined || isSystemNamespace(object.namespace, settings)) continue;
    yield PAUSE;
    const assessments = (yield* assessPolicy(object, view)).filter(isWorthAReport);
    yield* findings(object, assessments, new Set(countedDead(assessments).map(({ unit }) => unit)), view);
  }
}

function isWorthAReport(assessment: Assessment): boolean {
  return assessment.kind !== 'partial' || assessment.part !== undefined;
}

function* assessPolicy(ref: ObjectRef, view: ClusterView): Generator<Answer, readonly Assessment[]> {
  const policy = view.policy(ref);
  return policy === undefined ? [] : yield* assess(policy, view);
}

function* findings(
  ref: ObjectRef,
  assessments: readonly Assessment[],
  violations: ReadonlySet<Unit>,
  view: ClusterView,
): Iterable<Answer> {
  const policy = view.policyObject(ref);
  const parsed = view.policy(ref);
  if (policy === undefined || parsed?.kind !== 'parsed') return;
  yield* contradictions({ policy, rules: parsed.rules, assessments, violations, view });
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
  const before = yield* onlyPauses(assess(old, context.before));
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
