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
  const legacy = profile.parsesKafka ? (rules.kafka ?? 0) + (rules.l7 ?? 0) : 0;
  return (rules.http ?? 0) + (rules.dns ?? 0) + legacy;
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
  if ((rules?.dns ?? 0) > 0) return 'dns';
  if (rules !== undefined && protocol === TCP) {
    if ((rules.http ?? 0) > 0) return 'http';
    if (profile.parsesKafka && (rules.kafka ?? 0) > 0) return 'kafka';
    if (profile.parsesKafka && rules.l7proto !== undefined && rules.l7proto !== '') return rules.l7proto;
  }
  const usesTLS = rule.terminatingTLS || rule.originatingTLS || rule.serverNames.length > 0;
  return usesTLS ? 'tls' : undefined;
}

/** Two redirects for one peer on one port become one, or the policy of the whole identity can't be resolved. */
export function mergeRedirects(a: Redirect, b: Redirect): Result<Redirect, string> {
  const wins = a.parser === b.parser || promotes(b, a) ? a : promotes(a, b) ? b : undefined;
  if (wins === undefined) return fail(`the L7 parsers ${a.parser} and ${b.parser} meet on one port of one peer`);
  const merged = {
    ...wins,
    l7: a.l7 || b.l7,
    serverNames: a.serverNames || b.serverNames,
    terminatesTLS: a.terminatesTLS || b.terminatesTLS,
  };
  if (merged.l7 && merged.serverNames && !merged.terminatesTLS) {
    return fail('L7 rules and server names meet on one port of one peer without TLS termination');
  }
  return ok(merged);
}

/** TLS without L7 rules gives way to a parser of what is inside, but not to DNS or to a listener of its own. */
function promotes(from: Redirect, to: Redirect): boolean {
  return from.parser === 'tls' && to.parser !== 'dns' && to.parser !== 'crd';
}
