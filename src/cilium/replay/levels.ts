/**
 * The order in which clauses are asked: a level decides only what those before it leave open.
 *
 * Restates pkg/policy/types/policyentry.go (1.20): the Admin tier, then all policies but ClusterNetworkPolicies, then the Baseline
 * tier; in a tier the lower priority comes first.
 */
import type { Clause, Level } from './clause.ts';

const NORMAL: Level = { tier: 'Normal', priority: 0 };
const TIERS: readonly Level['tier'][] = ['Admin', 'Normal', 'Baseline'];

/** Not empty each; of no clauses there is no level. */
export function inLevels(clauses: readonly Clause[]): readonly (readonly Clause[])[] {
  const levels: Clause[][] = [];
  let before: Level | undefined;
  for (const clause of [...clauses].sort((a, b) => compareLevels(levelOf(a), levelOf(b)))) {
    const level = levelOf(clause);
    if (before === undefined || compareLevels(before, level) !== 0) levels.push([]);
    before = level;
    levels.at(-1)?.push(clause);
  }
  return levels;
}

function levelOf({ level }: Clause): Level {
  return level ?? NORMAL;
}

function compareLevels(a: Level, b: Level): number {
  return TIERS.indexOf(a.tier) - TIERS.indexOf(b.tier) || a.priority - b.priority;
}
