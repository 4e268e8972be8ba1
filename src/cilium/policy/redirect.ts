/**
 * L7 rules, server names and TLS -> the proxy that takes the traffic.
 *
 * Mirrors pkg/policy/l4.go (createL4Filter, L7ParserType) and rule.go (mergeRedirect). An empty list of rules is no
 * redirect: the rule is a plain allow.
 */
import type { L7Spec, ListenerSpec, PortRuleSpec, SecretSpec } from '../policy-spec.ts';
import type { Profile } from '../profile.ts';
import { fail, ok, type Result } from '../result.ts';
import { TCP, type Protocol, type Redirect } from './rule.ts';
import { secretRefusal } from './secrets.ts';

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

/** What a rule for layer 7 is read by, and whether its subject is a host. */
export interface RedirectPlace {
  readonly profile: Profile;
  readonly host: boolean;
}

/** Undefined: a plain allow. Only DNS rules apply to other protocols than TCP. */
export function redirectOf(rule: PortRuleSpec, protocol: Protocol, place: RedirectPlace): Redirect | undefined {
  const { profile } = place;
  const parser = parserOf(rule, protocol, profile);
  if (parser === undefined) return undefined;
  const { listener, terminatingTLS, originatingTLS } = rule;
  const priority = listener === undefined || listener.priority === 0 ? PRIORITY.get(parser) : listener.priority;
  return {
    parser,
    priority: priority ?? PROXYLIB_PRIORITY,
    l7: countL7Rules(rule.rules, profile) > 0,
    serverNames: rule.serverNames.length > 0,
    ...(terminatingTLS === undefined ? {} : { terminatingTLS: secretText(terminatingTLS) }),
    ...(originatingTLS === undefined ? {} : { originatingTLS: secretText(originatingTLS) }),
    ...(listener === undefined ? {} : { listener: listenerText(listener) }),
    ...refusalOf(rule, place),
  };
}

function refusalOf(
  { listener, terminatingTLS, originatingTLS }: PortRuleSpec,
  { profile, host }: RedirectPlace,
): Pick<Redirect, 'refusal'> {
  const secrets = [terminatingTLS, originatingTLS].filter((secret) => secret !== undefined);
  const [refusal] = secrets.flatMap((secret) => secretRefusal(secret, profile) ?? []);
  if (refusal !== undefined) return { refusal };
  const isElsewhere = host && listener?.configKind === 'CiliumEnvoyConfig';
  return isElsewhere ? { refusal: 'a listener is that of a namespace, and a host has none' } : {};
}

/** A namespace that is written is not the one that is left out, though it be the same. */
function secretText({ namespace, name }: SecretSpec): string {
  return `${namespace}/${name}`;
}

/** A listener is that of a namespace, of whatever endpoint has the policy, unless it is that of a clusterwide configuration. */
function listenerText({ configKind, configName, name }: ListenerSpec): string {
  const scope = configKind === 'CiliumClusterwideEnvoyConfig' ? 'cluster' : 'namespace';
  return JSON.stringify([scope, configName, name]);
}

function parserOf(rule: PortRuleSpec, protocol: Protocol, profile: Profile): string | undefined {
  const { rules } = rule;
  if (rule.listener !== undefined) return 'crd';
  if (countOf(rules?.dns) > 0) return 'dns';
  if (rules !== undefined && protocol === TCP) {
    if (countOf(rules.http) > 0) return 'http';
    if (profile.parsesKafka && countOf(rules.kafka) > 0) return 'kafka';
    if (profile.parsesKafka && rules.l7proto !== undefined && rules.l7proto !== '') return rules.l7proto;
  }
  const hasContext = rule.terminatingTLS !== undefined || rule.originatingTLS !== undefined;
  const usesTLS = hasContext || rule.serverNames.length > 0;
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
  const listener = mergedListener(wins, later);
  if (listener === 'neither') return fail('two listeners of one priority meet on one port of one peer');
  const contexts = mergedContexts(earlier, later);
  if (contexts === 'neither') return fail('two secrets of TLS contexts meet on one port of one peer');
  const either = (has: (redirect: Redirect) => boolean): boolean =>
    [earlier, later].some((redirect) => redirect !== undefined && has(redirect));
  const serverNames = either((redirect) => redirect.serverNames);
  if (serverNames && earlier?.l7 === true && contexts.terminatingTLS === undefined) {
    return fail('L7 rules and server names meet on one port of one peer without TLS termination');
  }
  return ok({ ...wins, ...listener, ...contexts, l7: either((redirect) => redirect.l7), serverNames });
}

/** The listener of lower priority, and of those that are the same either. */
function mergedListener(
  wins: Redirect,
  later: Redirect | undefined,
): Partial<Pick<Redirect, 'listener' | 'priority'>> | 'neither' {
  if (later?.listener === undefined || wins.priority < later.priority) return {};
  if (wins.listener === undefined || later.priority < wins.priority) {
    return { listener: later.listener, priority: later.priority };
  }
  return later.listener === wins.listener ? {} : 'neither';
}

function mergedContexts(
  a: Redirect | undefined,
  b: Redirect | undefined,
): Pick<Redirect, 'originatingTLS' | 'terminatingTLS'> | 'neither' {
  const merged: { originatingTLS?: string; terminatingTLS?: string } = {};
  for (const context of ['terminatingTLS', 'originatingTLS'] as const) {
    const [first, second] = [a?.[context] ?? b?.[context], b?.[context]];
    if (second !== undefined && first !== second) return 'neither';
    if (first !== undefined) merged[context] = first;
  }
  return merged;
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
