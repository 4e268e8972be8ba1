/**
 * Which filters make a direction of a policy map one in which authentication counts, and leave it open what is in the map.
 *
 * Mirrors the feature flag authRules (pkg/policy/l4.go).
 */
import { takesAggregate } from './aggregate-labels.ts';
import { NO_REQUIREMENT, requirementOf } from './authentication.ts';
import type { FilterEntry } from './filter-entry.ts';
import type { Filter } from './filters.ts';
import { isWildcard } from './selector.ts';

/** Whether any rule of a direction says something, which changes how all its entries are put into the map. */
export function authenticates(filters: readonly Filter[]): boolean {
  return filters.some(({ entries }) => [...entries.values()].some(isExplicit));
}

function isExplicit({ outcome, authentication }: FilterEntry): boolean {
  return outcome.effect !== 'deny' && requirementOf(authentication) !== NO_REQUIREMENT;
}

/**
 * Whether the order of a Go map may decide what is in the policy map: with authentication, an entry that everybody is denied
 * goes only if the deny comes later, and with aggregates one that its aggregate repeats only if they are alike at that moment.
 */
export function mayBeUndecided(filters: readonly Filter[], aggregates: boolean): boolean {
  const mayDecide = ({ selector, outcome }: FilterEntry): boolean =>
    aggregates ? takesAggregate(selector) : isWildcard(selector) && outcome.effect === 'deny';
  return authenticates(filters) && filters.some(({ entries }) => [...entries.values()].some(mayDecide));
}
