/**
 * What one peer selector may do on one port, and what it may do where several rules speak of it.
 *
 * Mirrors PerSelectorPolicy and mergePortProto (pkg/policy/l4.go): deny beats allow and takes only the rules that deny for its
 * origin, allows join.
 */
import type { RuleRef } from '../objects.ts';
import { fail, ok, type Result } from '../result.ts';
import { requirementOf } from './authentication.ts';
import { joinedLogs } from './log-text.ts';
import type { Outcome, Priority } from './precedence.ts';
import { mergeRedirects } from './redirect.ts';
import type { Redirect } from './rule.ts';
import type { EndpointSelector } from './selector.ts';

/** More rules than anybody reads behind one entry; they are named in the order of rules. */
export const MOST_ORIGINS = 64;

export interface FilterEntry {
  readonly selector: EndpointSelector;
  readonly priority: Priority;
  readonly outcome: Outcome;
  /** The mode that is written for an allow. */
  readonly authentication?: string;
  /** Texts for the log, as an agent joins them. */
  readonly log?: string;
  /**
   * The peer items that say so, or the rules where they have none; empty for what the agent adds itself. Joined with those of
   * others, no more than MOST_ORIGINS.
   */
  readonly origins: readonly RuleRef[];
}

/** Two rules of one identity exclude each other, or one can't be carried out: the agent keeps the policy map that the endpoint had. */
export interface Conflict {
  readonly reason: string;
  readonly refs: readonly RuleRef[];
  /** Agents may merge them all the same: it depends on the order in which they take them, which is none. */
  readonly byChance?: true;
}

/** The first are enough: copied for each of thousands of rules, a list would cost their square. */
function joinedOrigins(a: readonly RuleRef[], b: readonly RuleRef[]): readonly RuleRef[] {
  return a.length >= MOST_ORIGINS ? a : [...a, ...b].slice(0, MOST_ORIGINS);
}

/** `a` comes first in the order of rules. */
export function mergeEntries(a: FilterEntry, b: FilterEntry): Result<FilterEntry, Conflict> {
  if (a.priority !== b.priority) return ok(a);
  const log = joinedLogs(a.log, b.log);
  const both = {
    selector: a.selector,
    priority: a.priority,
    origins: joinedOrigins(a.origins, b.origins),
    ...(log === undefined ? {} : { log }),
  };
  if (a.outcome.effect === 'deny' && b.outcome.effect === 'deny') return ok({ ...both, outcome: a.outcome });
  if (a.outcome.effect === 'deny') return ok(a);
  if (b.outcome.effect === 'deny') return ok(b);
  const outcome = mergeAllows(a.outcome, b.outcome);
  if (!outcome.ok) return fail({ reason: outcome.error, refs: both.origins });
  const authentication = a.authentication ?? b.authentication;
  if (authentication === undefined) return ok({ ...both, outcome: outcome.value });
  if (authentication === (b.authentication ?? authentication)) {
    return ok({ ...both, outcome: outcome.value, authentication });
  }
  const reason = `the authentication modes ${authentication} and ${b.authentication} meet on one port of one peer`;
  return fail({ reason, refs: both.origins });
}

/** Which rules said so makes no other entry. */
export function formOf({ outcome, authentication }: FilterEntry): string {
  const redirect = outcome.effect === 'redirect' ? Object.entries(outcome.redirect).sort() : [];
  return JSON.stringify([outcome.effect, redirect, authentication ?? null]);
}

/** More rules of different policies than anybody puts into every order. */
export function leftOpen(entries: readonly FilterEntry[]): Conflict {
  const refs = entries.flatMap(({ origins }) => origins).slice(0, MOST_ORIGINS);
  return { reason: 'rules of many policies that differ meet on one port of one peer', refs };
}

function mergeAllows(earlier: Outcome, later: Outcome): Result<Outcome, string> {
  const redirect = mergeRedirects(redirectIn(earlier), redirectIn(later));
  if (!redirect.ok) return redirect;
  return ok(redirect.value === undefined ? { effect: 'allow' } : { effect: 'redirect', redirect: redirect.value });
}

function redirectIn(outcome: Outcome): Redirect | undefined {
  return outcome.effect === 'redirect' ? outcome.redirect : undefined;
}

/** Listeners of one priority are two proxies. */
export function asksTheSame(a: FilterEntry, b: FilterEntry): boolean {
  return (
    redirectIn(a.outcome)?.listener === redirectIn(b.outcome)?.listener &&
    requirementOf(a.authentication) === requirementOf(b.authentication)
  );
}
