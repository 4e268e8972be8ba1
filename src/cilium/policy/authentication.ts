/**
 * What rules demand of a peer before its traffic goes through.
 *
 * Mirrors getAuthType (pkg/policy/l4.go) and AuthRequirement (pkg/policy/types/auth.go): a mode that is written is explicit,
 * `disabled` too, and of two at one key the higher counts.
 */
import type { Filter, FilterEntry } from './filters.ts';
import { isWildcard } from './selector.ts';

/** 0: no rule says anything. */
export type AuthRequirement = number;

export const NO_REQUIREMENT: AuthRequirement = 0;

/** By mode, lowest first. */
const MODES: readonly string[] = ['disabled', 'required', 'test-always-fail'];

export function requirementOf(mode: string | undefined): AuthRequirement {
  return mode === undefined ? NO_REQUIREMENT : MODES.indexOf(mode) + 1;
}

/** Whether what the requirement asks for is handed on to entries below that ask for nothing themselves. */
export function demandsProof(requirement: AuthRequirement): boolean {
  return requirement > requirementOf('disabled');
}

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
  if (!authenticates(filters)) return false;
  const general = filters.flatMap(({ entries }) =>
    [...entries.values()].filter(({ selector }) => isWildcard(selector)),
  );
  return general.some(({ outcome }) => aggregates || outcome.effect === 'deny');
}
