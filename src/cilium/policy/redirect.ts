/**
 * L7 rules, server names and TLS -> the proxy that takes the traffic.
 *
 * Mirrors pkg/policy/l4.go (createL4Filter, L7ParserType) and rule.go (mergeRedirect). An empty list of rules is no
 * redirect: the rule is a plain allow.
 */
import type { L7Spec, PortRuleSpec } from '../policy-spec.ts';
import type { Profile } from '../profile.ts';
import { fail, ok, type Result } from '../result.ts';
import { TCP, type Protocol, type Redirect } from './rule.ts';

const PRIORITY: ReadonlyMap<string, number> = new Map([
  ['http', 101],
  ['kafka', 106],
  ['tls', 116],
  ['dns', 121],
  ['crd', 126],
]);

const PROXYLIB_PRIORITY = 111;

/** How many rules the agent of this version sees: kafka and l7 lists are unknown fields since 1.20. */
export function countL7Rules(rules: L7Spec | undefined, profile: Profile): number {
  if (rules === undefined) return 0;
  const legacy = profile.parsesKafka ? countOf(rules.kafka) + countOf(rules.l7) : 0;
  return countOf(rules.http) + countOf(rules.dns) + legacy;
}

function countOf(rules: readonly unknown[] | undefined): number {
  return rules?.length ?? 0;
}

/** Undefined: a plain allow. Only DNS rules apply to other protocols than TCP. */
export function redirectOf(rule: PortRuleSpec, protocol: Protocol, profile: Profile): Redirect | undefined {
  const parser = parserOf(rule, protocol, profile);
  if (parser === undefined) return undefined;
  return {
    parser,
    priority: PRIORITY.get(parser) ?? PROXYLIB_PRIORITY,
    l7: countL7Rules(rule.rules, profile) > 0,
    serverNames: rule.serverNames.length > 0,
    terminatesTLS: rule.terminatingTLS,
  };
}

function parserOf(rule: PortRuleSpec, protocol: Protocol, profile: Profile): string | undefined {
  const { rules } = rule;
  if (rule.listener) return 'crd';
  if (countOf(rules?.dns) > 0) return 'dns';
  if (rules !== undefined && protocol === TCP) {
    if (countOf(rules.http) > 0) return 'http';
    if (profile.parsesKafka && countOf(rules.kafka) > 0) return 'kafka';
    if (profile.parsesKafka && rules.l7proto !== undefined && rules.l7proto !== '') return rules.l7proto;
  }
  const usesTLS = rule.terminatingTLS || rule.originatingTLS || rule.serverNames.length > 0;
  return usesTLS ? 'tls' : undefined;
}

/**
 * Two allows of one peer on one port become one, or the policy of the whole identity can't be resolved.
 *
 * Undefined stands for a plain allow. `earlier` comes first in the order of rules: only its L7 rules are held against server
 * names, so that L7 rules which come after server names pass, and whatever comes next does not.
 */
export function mergeRedirects(
  earlier: Redirect | undefined,
  later: Redirect | undefined,
): Result<Redirect | undefined, string> {
  const wins = strongerParser(earlier, later);
  if (wins === 'neither') {
    return fail(`the L7 parsers ${earlier?.parser} and ${later?.parser} meet on one port of one peer`);
  }
  if (wins === undefined) return ok(undefined);
  const either = (has: (redirect: Redirect) => boolean): boolean =>
    [earlier, later].some((redirect) => redirect !== undefined && has(redirect));
  const serverNames = either((redirect) => redirect.serverNames);
  const terminatesTLS = either((redirect) => redirect.terminatesTLS);
  if (serverNames && earlier?.l7 === true && !terminatesTLS) {
    return fail('L7 rules and server names meet on one port of one peer without TLS termination');
  }
  return ok({ ...wins, l7: either((redirect) => redirect.l7), serverNames, terminatesTLS });
}

function strongerParser(a: Redirect | undefined, b: Redirect | undefined): Redirect | undefined | 'neither' {
  if (a === undefined || b === undefined) return a ?? b;
  if (a.parser === b.parser || promotes(b, a)) return a;
  return promotes(a, b) ? b : 'neither';
}

/** TLS without L7 rules gives way to a parser of what is inside, but not to DNS or to a listener of its own. */
function promotes(from: Redirect, to: Redirect): boolean {
  return from.parser === 'tls' && to.parser !== 'dns' && to.parser !== 'crd';
}
