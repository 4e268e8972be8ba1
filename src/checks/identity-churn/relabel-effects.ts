/**
 * What a change of namespace labels does to policies, as far as its author may read about it.
 *
 * Rules of clusterwide policies and of the tenant's own go by name; those of other tenants are counted, to one digit, and no flow
 * comes of them.
 */
import { verdictCertainty } from '../facts/certainty.ts';
import { PAUSE, type Pause, type PolicyEffects, type RuleShift } from '../check.ts';
import type { ChangeContext } from '../context.ts';
import { authorsNamespaces } from '../facts/own-namespaces.ts';
import type { KeyChange } from '../facts/relabelled-pods.ts';
import { roundedToOneDigit } from '../facts/wording.ts';
import { changedFlows } from './changed-flows.ts';
import { ownPods } from './own-pods.ts';
import { reselectingRules, type Reselecting, type Shift } from './reselecting-rules.ts';
import { SelectorSearch } from './selector-search.ts';

const MOST_NAMED = 20;
/** For flows. */
const MOST_ASKED = 40;
/** Of the keys of the namespace, for each of these. */
const MOST_LOOKED_AT = 500;
/** Pods of the namespace, besides those that the rules are about. */
const SOME_PODS = 3;

/** undefined: no rule starts or stops selecting any of the pods. */
export function* relabelEffects(
  changes: readonly KeyChange[],
  context: ChangeContext,
): Generator<Pause, PolicyEffects | undefined> {
  const { rules, spent } = yield* reselectingRules(changes, context.after);
  if (rules.length === 0) return undefined;
  const [isOwn] = authorsNamespaces(context);
  const readable = rules.filter(
    ({ rule: { ref } }) => ref.object.namespace === undefined || isOwn(ref.object.namespace),
  );
  return {
    rules: readable.slice(0, MOST_NAMED).map(shiftOf),
    rulesInAll: readable.length,
    rulesOfOthers: roundedToOneDigit(rules.length - readable.length),
    incomplete: spent,
    flows: yield* flowsOf(readable, changes, context),
  };
}

function* flowsOf(
  rules: readonly Reselecting[],
  changes: readonly KeyChange[],
  context: ChangeContext,
): Generator<Pause, PolicyEffects['flows']> {
  if (rules.length === 0 || verdictCertainty(context.after.settings) !== 'exact') return [];
  const [isOwn] = authorsNamespaces(context);
  const some = rules.slice(0, MOST_ASKED);
  const subjects = yield* subjectsAmong(some, changes.slice(0, MOST_LOOKED_AT));
  const examples = [...examplesIn(some), ...subjects, ...changes.slice(0, SOME_PODS)];
  const pods = yield* ownPods(examples, isOwn, context);
  return yield* changedFlows(some, { before: context.before, after: context.after, pods });
}

/** Pods of the namespace that a rule selects whose peers change: flows between them open or close. */
function* subjectsAmong(
  rules: readonly Reselecting[],
  changes: readonly KeyChange[],
): Generator<Pause, readonly KeyChange[]> {
  const subjects: KeyChange[] = [];
  const search = new SelectorSearch();
  const labelsOf = ({ labels, labelsBefore }: KeyChange) => [labels, labelsBefore];
  for (const { rule, peers } of rules) {
    yield PAUSE;
    // Two: a pod is no peer of itself.
    const sought = { pods: changes, selectors: [rule.subject], labelsOf, most: 2 };
    if (peers.length > 0) subjects.push(...(yield* search.first(sought)));
  }
  return subjects;
}

function examplesIn(rules: readonly Reselecting[]): readonly KeyChange[] {
  return rules
    .flatMap(shiftsIn)
    .flatMap(({ starts, stops }) => [starts, stops].filter((change) => change !== undefined));
}

function shiftOf(reselecting: Reselecting): RuleShift {
  const shifts = shiftsIn(reselecting);
  const starts = shifts.some((shift) => shift.starts !== undefined);
  const stops = shifts.some((shift) => shift.stops !== undefined);
  return { rule: reselecting.rule.ref, change: starts && stops ? 'both' : starts ? 'starts' : 'stops' };
}

function shiftsIn({ subject, peers }: Reselecting): readonly Shift[] {
  return [subject, ...peers.map(({ shift }) => shift)];
}
