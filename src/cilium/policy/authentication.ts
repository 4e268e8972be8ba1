/**
 * What rules demand of a peer before its traffic goes through.
 *
 * Mirrors getAuthType (pkg/policy/l4.go) and AuthRequirement (pkg/policy/types/auth.go): a mode that is written is explicit,
 * `disabled` too, and of two at one key the higher counts.
 */

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
