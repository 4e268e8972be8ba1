/**
 * Rules x subject -> the policy of an identity, its peers still selectors.
 *
 * Mirrors computePolicyEnforcementAndRules and resolvePolicyLocked (pkg/policy/repository.go), the default rules of 1.20
 * included. All endpoints of one identity have this policy.
 * Invariant: the order of the rules given changes nothing.
 */
import { labelOf, type LabelArray } from '../identity/label.ts';
import { podNamespaceOf } from '../identity/pod-labels.ts';
import type { ObjectRef } from '../objects.ts';
import { fail, ok, type Result } from '../result.ts';
import type { PolicyContext } from './context.ts';
import type { Conflict } from './filter-entry.ts';
import { FilterBuilder, type Filter } from './filters.ts';
import { NORMAL_PRIORITY } from './precedence.ts';
import { compareRules } from './rule-order.ts';
import { unmapped, type Direction, type Rule, type Unsupported } from './rule.ts';
import { SelectorCache } from './selector-cache.ts';
import { endpointSelector, equals, matches, WILDCARD, type EndpointSelector } from './selector.ts';
import { filtersByTier } from './tiers.ts';

export interface Subject {
  readonly labels: LabelArray;
  /** Where it is known; 1 is the host. */
  readonly identity?: number;
}

export interface DirectionPolicy {
  /** False: everything is allowed, and there are no filters. */
  readonly enforced: boolean;
  /** What no filter allows is dropped. */
  readonly defaultDeny: boolean;
  readonly filters: readonly Filter[];
}

export interface SelectorPolicy {
  readonly ingress: DirectionPolicy;
  readonly egress: DirectionPolicy;
  /**
   * How the allow of the local host comes into the map, where it is no filter: `ordinary` is one more entry;
   * `unless-denied` is put in after all others and gives way to a deny of identity 1 alone.
   */
  readonly hostEntry: 'none' | 'ordinary' | 'unless-denied';
  /** Parts of the rules that select the subject which are not modelled. */
  readonly unsupported: readonly (Unsupported & { readonly object: ObjectRef })[];
}

export const HOST_IDENTITY = 1;

const HOST_SELECTOR = endpointSelector([equals('reserved', 'host', '')]);

/** The namespace in whose endpoints alone a rule is looked for; undefined: all. */
function bucketOf(rule: Rule): string | undefined {
  return rule.ref.object.namespace;
}

/** A rule of a namespace applies there only; a nodeSelector rule applies to the host only, and no other rule does. */
export function selectsSubject(rule: Rule, subject: Subject): boolean {
  if ((rule.subjectKind === 'host') !== isHost(subject)) return false;
  const bucket = bucketOf(rule);
  if (bucket !== undefined && podNamespaceOf(subject.labels) !== bucket) return false;
  return matches(rule.subject, subject.labels);
}

/** Takes the rules that select the subject, in any order. */
export function resolve(
  rules: readonly Rule[],
  subject: Subject,
  context: PolicyContext,
): Result<SelectorPolicy, Conflict> {
  const unpoliced = isUnpoliced(subject, context);
  const applying = unpoliced ? [] : [...rules].sort(compareRules);
  const forced = !unpoliced && isForced(subject, context);
  const cache = new SelectorCache(applying);
  const withHost = allowsHost(subject, context);
  const ingress = resolveDirection('ingress', applying, { forced, withHost, cache }, context);
  const egress = resolveDirection('egress', applying, { forced, withHost: false, cache }, context);
  if (!ingress.ok) return egress.ok || egress.error.byChance === true ? fail(ingress.error) : fail(egress.error);
  if (!egress.ok) return fail(egress.error);
  return ok({
    ingress: ingress.value,
    egress: egress.value,
    hostEntry: hostEntryOf(subject, context),
    unsupported: unsupportedOf(applying),
  });
}

/** Cases in which the agent looks at no rule at all: until 1.20.1 a label with key `host` is one, without the host firewall. */
export function isUnpoliced(subject: Subject, { profile, config }: PolicyContext): boolean {
  if (config.enforcement === 'never') return true;
  const asHost = profile.hostLabelDisablesPolicy ? labelOf(subject.labels, 'host') !== undefined : isHost(subject);
  return asHost && !config.hostFirewall;
}

function resolveDirection(
  direction: Direction,
  rules: readonly Rule[],
  { forced, withHost, cache }: { readonly forced: boolean; readonly withHost: boolean; readonly cache: SelectorCache },
  context: PolicyContext,
): Result<DirectionPolicy, Conflict> {
  const applying = rules.filter((rule) => rule.direction === direction);
  const defaultDeny = forced || applying.some((rule) => rule.defaultDeny);
  if (applying.length === 0) return ok({ enforced: forced, defaultDeny, filters: [] });
  const hasLastTier = context.profile.hostEntry === 'lowest-tier';
  const allowed = defaultDeny ? (withHost && hasLastTier ? [HOST_SELECTOR] : []) : [WILDCARD];
  const filters = hasLastTier
    ? filtersByTier(applying, allowed, cache)
    : filtersAtOnce(applying, allowed, { withHost, cache, keepsOrder: context.profile.keepsRuleOrder });
  return filters.ok ? ok({ enforced: true, defaultDeny, filters: filters.value }) : filters;
}

/** Until 1.19 all rules have one priority, and what the agent allows by itself has it too. */
function filtersAtOnce(
  rules: readonly Rule[],
  allowed: readonly EndpointSelector[],
  {
    withHost,
    cache,
    keepsOrder,
  }: { readonly withHost: boolean; readonly cache: SelectorCache; readonly keepsOrder: boolean },
): Result<readonly Filter[], Conflict> {
  // Without authentication the redirect takes the place of what the host is spared.
  const isHostSpared = withHost && rules.some(({ authentication }) => authentication !== undefined);
  const builder = new FilterBuilder(cache, {
    ...(isHostSpared ? { spared: HOST_SELECTOR } : {}),
    inAnyOrder: !keepsOrder && rules.some(mayClash),
  });
  for (const rule of rules) builder.add(rule, NORMAL_PRIORITY);
  for (const selector of allowed) builder.addAllow(selector, NORMAL_PRIORITY);
  return builder.build();
}

/** Plain allows and denies are always merged. */
function mayClash({ authentication, ports }: Rule): boolean {
  if (authentication !== undefined) return true;
  return (
    ports.kind !== 'any' && [...ports.items, ...(ports.names ?? [])].some(({ redirect }) => redirect !== undefined)
  );
}

/** `enable-policy=always`, or a label with key `init` of any source: default deny without any rule. */
function isForced({ labels }: Subject, { config }: PolicyContext): boolean {
  return config.enforcement === 'always' || labelOf(labels, 'init') !== undefined;
}

function hostEntryOf(subject: Subject, context: PolicyContext): SelectorPolicy['hostEntry'] {
  const { hostEntry } = context.profile;
  if (hostEntry === 'lowest-tier' || !allowsHost(subject, context)) return 'none';
  return hostEntry === 'always' ? 'unless-denied' : 'ordinary';
}

function allowsHost(subject: Subject, { config }: PolicyContext): boolean {
  return config.allowLocalhost === 'always' && !isHost(subject);
}

/** The endpoint of the node itself, which is told by its identity; a label of a pod does not make one. */
export function isHost({ identity, labels }: Subject): boolean {
  if (identity !== undefined) return identity === HOST_IDENTITY;
  return labelOf(labels, 'host')?.source === 'reserved';
}

/** Thousands of rules of one object share a list, which is told once. */
function unsupportedOf(rules: readonly Rule[]): readonly (Unsupported & { readonly object: ObjectRef })[] {
  const lists = new Map(rules.map(({ unsupported, ref }) => [unsupported, ref.object]));
  return [...lists].flatMap(([parts, object]) => unmapped(parts).map((part) => ({ ...part, object })));
}
