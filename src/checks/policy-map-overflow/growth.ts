/**
 * How much the map of a class grows, and what that is worth.
 *
 * A class that is over the limit already may take a little more: GitOps creates the narrow policy before it prunes the broad
 * one.
 */
import { compareBytes } from '../../cilium/identity/label.ts';
import type { NumericIdentity } from '../../cilium/identity/numeric-identity.ts';
import type { PolicyClass } from '../../cluster/policy-class.ts';
import type { Certainty, ClusterView } from '../../cluster/view.ts';
import { PAUSE, type Pause, type Severity, type Unjudged } from '../check.ts';
import type { ChangeContext } from '../context.ts';
import { firstKey } from '../facts/class-members.ts';
import type { CheckSettings } from '../settings.ts';
import { expectedEntries, isGuess } from './expected-entries.ts';
import { unknownParts } from './unknown-maps.ts';

/** `other-tenants`: the map overflows only because of prefixes that other tenants name. */
export type Blame = 'author' | 'nobody' | 'other-tenants';

export interface Entries {
  readonly before: number;
  readonly after: number;
}

export interface Growth extends Entries {
  /** As it is after the change. */
  readonly policyClass: PolicyClass;
  /** Whose map it is. Asked for only where there is something to say. */
  readonly members: () => readonly NumericIdentity[];
  readonly certainty: Certainty;
  /** Whose doing it is: a change is refused only for what its author does, and not for safety. Asked where it overflows. */
  readonly blame: () => Generator<Pause, Blame>;
}

export interface GrowthLimits {
  readonly limit: number;
  readonly advicePercent: number;
}

export function limitsOf(view: ClusterView, settings: CheckSettings): GrowthLimits {
  return { limit: view.settings.config.policyMapMax, advicePercent: settings.policyMapOverflow.advicePercent };
}

/** From so many entries on there is something to say. */
export function linesOf({ limit, advicePercent }: GrowthLimits): readonly number[] {
  return [limit + 1, (limit * advicePercent) / 100];
}

/** One percent of the limit is little. */
const LITTLE = 0.01;

/** A map that is over the limit already may take a little more. */
export function overflows({ before, after }: Entries, limit: number): boolean {
  return after > limit && after > before && !(before > limit && after - before <= limit * LITTLE);
}

interface Judgement {
  readonly severity: Severity;
  readonly blame: Blame;
}

const ADVICE: Judgement = { severity: 'advice', blame: 'nobody' };

/** undefined: nothing to say. */
function* judge(growth: Growth, { limit, advicePercent }: GrowthLimits): Generator<Pause, Judgement | undefined> {
  const { before, after } = growth;
  if (after <= before) return undefined;
  if (overflows(growth, limit)) {
    const blame = yield* growth.blame();
    return { severity: blame === 'author' ? 'violation' : 'advice', blame };
  }
  if (after > limit) return ADVICE;
  const nearly = (limit * advicePercent) / 100;
  return after >= nearly && (before < nearly || after - before >= limit * LITTLE) ? ADVICE : undefined;
}

export interface GrowthQuestion extends Pick<Growth, 'policyClass' | 'members' | 'blame'> {
  /** Absent for pods that had no map. */
  readonly classBefore: PolicyClass | undefined;
}

/**
 * undefined: the map is far from full, and there is nothing to say whatever it was before, which is not counted then. Most maps
 * are, and a count is what a change of a broad policy costs.
 */
export function* growthOf(
  { classBefore, ...question }: GrowthQuestion,
  context: ChangeContext,
): Generator<Pause | Unjudged, Growth | undefined> {
  const { current, before, after, settings } = context;
  yield* unknownParts(question.policyClass, context);
  const lines = linesOf(limitsOf(current, settings));
  const expected = yield* expectedEntries(question.policyClass, after, lines);
  const { entries, certainty } = expected;
  if (entries < Math.min(...lines)) return undefined;
  const former = classBefore === undefined ? undefined : yield* expectedEntries(classBefore, before, lines);
  // What is there for certain is compared with what was, and a guess with a guess.
  const entriesBefore = isGuess(expected) ? former?.entries : former?.least;
  return { ...question, before: entriesBefore ?? 0, after: entries, certainty };
}

export interface WorstGrowth extends Judgement {
  readonly growth: Growth;
}

/** What can deny first, then violations, then the fullest map, then the one that grows most, then by labels. */
export function* worstOf(
  growths: Iterable<Growth>,
  limits: GrowthLimits,
  view: () => ClusterView,
): Generator<Pause, WorstGrowth | undefined> {
  let worst: WorstGrowth[] = [];
  for (const growth of growths) {
    const judgement = yield* judge(growth, limits);
    if (judgement === undefined) continue;
    const candidate = { growth, ...judgement };
    const order = worst[0] === undefined ? 1 : compare(candidate, worst[0]);
    if (order > 0) worst = [candidate];
    else if (order === 0) worst.push(candidate);
  }
  return worst.length > 1 ? yield* firstByLabels(worst, view()) : worst[0];
}

/** Above 0: the first is worse. */
function compare(a: WorstGrowth, b: WorstGrowth): number {
  return rank(a) - rank(b) || a.growth.after - b.growth.after || b.growth.before - a.growth.before;
}

function* firstByLabels(equals: readonly WorstGrowth[], view: ClusterView): Generator<Pause, WorstGrowth | undefined> {
  let first: { readonly key: string; readonly growth: WorstGrowth } | undefined;
  for (const growth of equals) {
    yield PAUSE;
    const key = yield* firstKey(growth.growth.members(), view);
    if (first === undefined || compareBytes(key, first.key) < 0) first = { key, growth };
  }
  return first?.growth;
}

function rank({ severity, growth: { certainty } }: WorstGrowth): number {
  if (severity === 'advice') return 0;
  return certainty === 'exact' || certainty === 'lower-bound' ? 2 : 1;
}
