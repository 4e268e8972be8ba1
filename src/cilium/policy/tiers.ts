/**
 * Rules of one direction -> the filters of every tier, and what the agent allows by itself after all of them.
 *
 * Mirrors resolveL4Policy and computeTierPriorities (pkg/policy/rules.go, 1.20) without Pass, which is not modelled: different
 * priorities of a tier are levels, numbered one by one, and each tier begins at a multiple of ten.
 * Invariant: what stands in another tier or at another priority is never merged, so that rules of two tiers don't conflict.
 * Cost: that of the filters; a subject without ClusterNetworkPolicies has one tier with one level.
 */
import { fail, ok, type Result } from '../result.ts';
import type { Conflict } from './filter-entry.ts';
import { FilterBuilder, type Filter } from './filters.ts';
import { NORMAL_PRIORITY, type Priority } from './precedence.ts';
import { comparePlaces } from './rule-order.ts';
import type { Rule } from './rule.ts';
import type { SelectorCache } from './selector-cache.ts';
import type { EndpointSelector } from './selector.ts';

/** Rules in their order; `allowed` comes after them. */
export function filtersByTier(
  rules: readonly Rule[],
  allowed: readonly EndpointSelector[],
  cache: SelectorCache,
): Result<readonly Filter[], Conflict> {
  const builders: FilterBuilder[] = [];
  let base: Priority = NORMAL_PRIORITY;
  for (const tier of Map.groupBy(rules, ({ tierPlace }) => tierPlace?.tier).values()) {
    const builder = new FilterBuilder(cache);
    base = afterTier(addLevels(tier, base, builder));
    builders.push(builder);
  }
  const last = new FilterBuilder(cache);
  for (const selector of allowed) last.addAllow(selector, base);
  return built([...builders, last]);
}

/** Returns the last level. */
function addLevels(rules: readonly Rule[], base: Priority, builder: FilterBuilder): Priority {
  let level = base;
  let place = rules[0]?.tierPlace;
  for (const rule of rules) {
    if (comparePlaces(place, rule.tierPlace) !== 0) level += 1;
    place = rule.tierPlace;
    builder.add(rule, level);
  }
  return level;
}

const LEVELS_PER_STEP = 10;

function afterTier(lastLevel: Priority): Priority {
  return (Math.floor(lastLevel / LEVELS_PER_STEP) + 1) * LEVELS_PER_STEP;
}

function built(builders: readonly FilterBuilder[]): Result<readonly Filter[], Conflict> {
  const filters: Filter[] = [];
  for (const builder of builders) {
    const result = builder.build();
    if (!result.ok) return fail(result.error);
    for (const filter of result.value) filters.push(filter);
  }
  return ok(filters);
}
