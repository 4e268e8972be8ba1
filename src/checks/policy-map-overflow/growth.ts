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
import type { Severity } from '../check.ts';
import { firstKey } from '../facts/class-members.ts';
import type { CheckSettings } from '../settings.ts';

export interface Growth {
  /** As it is after the change. */
  readonly policyClass: PolicyClass;
  /** Whose map it is. Asked for only where there is something to say. */
  readonly members: () => readonly NumericIdentity[];
  readonly before: number;
  readonly after: number;
  readonly certainty: Certainty;
  /** Whether the change may be refused for it: it is the doing of its author, and not for safety. */
  readonly isBlamed: boolean;
}

export interface GrowthLimits {
  readonly limit: number;
  readonly advicePercent: number;
}

export function limitsOf(view: ClusterView, settings: CheckSettings): GrowthLimits {
  return { limit: view.settings.config.policyMapMax, advicePercent: settings.policyMapOverflow.advicePercent };
}

/** One percent of the limit is little. */
const LITTLE = 0.01;

/** undefined: nothing to say. */
export function severityOf(
  { before, after, isBlamed }: Growth,
  { limit, advicePercent }: GrowthLimits,
): Severity | undefined {
  if (after <= before) return undefined;
  const isLittle = after - before <= limit * LITTLE;
  if (after > limit) return isBlamed && !(before > limit && isLittle) ? 'violation' : 'advice';
  const nearly = (limit * advicePercent) / 100;
  if (after < nearly) return undefined;
  return before < nearly || after - before >= limit * LITTLE ? 'advice' : undefined;
}

export interface WorstGrowth {
  readonly growth: Growth;
  readonly severity: Severity;
}

/** What can deny first, then violations, then the fullest map, then the one that grows most, then by labels. */
export function worstOf(
  growths: Iterable<Growth>,
  limits: GrowthLimits,
  view: () => ClusterView,
): WorstGrowth | undefined {
  let worst: WorstGrowth | undefined;
  for (const growth of growths) {
    const severity = severityOf(growth, limits);
    if (severity === undefined) continue;
    const candidate = { growth, severity };
    if (worst === undefined || isWorse(candidate, worst, view)) worst = candidate;
  }
  return worst;
}

function isWorse(a: WorstGrowth, b: WorstGrowth, view: () => ClusterView): boolean {
  const order = rank(a) - rank(b) || a.growth.after - b.growth.after || b.growth.before - a.growth.before;
  if (order !== 0) return order > 0;
  return compareBytes(firstKey(a.growth.members(), view()), firstKey(b.growth.members(), view())) < 0;
}

function rank({ severity, growth: { certainty } }: WorstGrowth): number {
  if (severity === 'advice') return 0;
  return certainty === 'exact' || certainty === 'lower-bound' ? 2 : 1;
}
