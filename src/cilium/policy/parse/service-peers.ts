/**
 * What toServices stands for: the pods of each Service that has a selector, the addresses of each that has none.
 *
 * Mirrors resolveToServices and processRule (pkg/policy/k8s/service.go): the agent puts them into a rule before it reads the
 * rule, so that one whose references come to nothing is read as if it had no peers. References in egressDeny are never
 * looked up.
 * Cost: see service-references.ts; no more than MOST_LOOKS in one policy. A Service that several references of one rule mean
 * counts once.
 */
import { Budget } from '../../budget.ts';
import type { CIDRRuleSpec, CiliumRuleSpec, SelectorSpec } from '../../policy-spec.ts';
import { formatPrefix } from '../prefixes/cidr.ts';
import type { ParseContext } from '../context.ts';
import type { Service } from '../../objects.ts';
import type { ServiceCatalog } from '../service-catalog.ts';
import { backendsOf, knowsBackends } from '../services.ts';
import { peerField } from './peer-field.ts';
import { meantServices, podsOf, serviceReference } from './service-references.ts';
import { trafficRules, type PlacedTrafficRule } from './traffic-rules.ts';
import type { UnsupportedFeature } from './unsupported.ts';

export interface ResolvedTrafficRule extends PlacedTrafficRule {
  /** Of each reference, in their order; undefined where that is not known. */
  readonly services: readonly ServicePeers[] | undefined;
}

export interface ResolvedRule {
  readonly rule: CiliumRuleSpec;
  readonly trafficRules: readonly ResolvedTrafficRule[];
}

export interface ServicePeers {
  readonly pods: readonly SelectorSpec[];
  readonly backends: readonly CIDRRuleSpec[];
}

/** At Services, and at addresses that stand for them. */
const MOST_LOOKS = 2 ** 18;
const NO_REFERENCES: readonly ServicePeers[] = [];
const RULES_PER_PAUSE = 256;

/** Yields where the caller may pause. */
export function* resolvedRules(
  rules: readonly CiliumRuleSpec[],
  context: ParseContext,
): Generator<undefined, readonly ResolvedRule[]> {
  const looks = new Budget(MOST_LOOKS);
  const resolved: ResolvedRule[] = [];
  for (const rule of rules) {
    resolved.push({ rule, trafficRules: yield* resolvedTrafficRules(rule, context, looks) });
    if (resolved.length % RULES_PER_PAUSE === 0) yield;
  }
  return resolved;
}

function* resolvedTrafficRules(
  rule: CiliumRuleSpec,
  context: ParseContext,
  looks: Budget,
): Generator<undefined, readonly ResolvedTrafficRule[]> {
  const resolved: ResolvedTrafficRule[] = [];
  for (const placed of trafficRules(rule)) {
    resolved.push({ ...placed, services: yield* servicesOf(placed, context, looks) });
    if (resolved.length % RULES_PER_PAUSE === 0) yield;
  }
  return resolved;
}

/** Whether what a rule allows depends on Services. */
export function refersToServices({ traffic, place }: PlacedTrafficRule): boolean {
  return place.verdict === 'allow' && (traffic.services ?? []).length > 0;
}

export function unsupportedServices(rule: ResolvedTrafficRule): readonly UnsupportedFeature[] {
  if (!refersToServices(rule)) return [];
  const part = { feature: 'services', field: peerField(rule.traffic, rule.place, 'services') } as const;
  return [rule.services === undefined ? part : { ...part, inMaps: true }];
}

function* servicesOf(
  rule: PlacedTrafficRule,
  context: ParseContext,
  looks: Budget,
): Generator<undefined, readonly ServicePeers[] | undefined> {
  if (!refersToServices(rule)) return NO_REFERENCES;
  const { services: catalog } = context;
  if (!catalog.isKnown('Service')) return undefined;
  const seen = new Set<Service>();
  const resolved: ServicePeers[] = [];
  for (const spec of rule.traffic.services ?? []) {
    const meant = yield* meantServices(serviceReference(spec, context), catalog, looks);
    if (meant?.every((service) => isResolvable(service, catalog)) !== true) return undefined;
    const peers = peersOf(
      meant.filter((service) => !seen.has(service)),
      catalog,
      context,
    );
    if (!looks.spend(peers.backends.length)) return undefined;
    for (const service of meant) seen.add(service);
    resolved.push(peers);
    yield;
  }
  return resolved;
}

function isResolvable(service: Service, catalog: ServiceCatalog): boolean {
  return !service.onSomeNodes && (service.selector.size > 0 || knowsBackends(service, catalog));
}

function peersOf(services: readonly Service[], catalog: ServiceCatalog, context: ParseContext): ServicePeers {
  const pods = services.filter(({ selector }) => selector.size > 0).map((service) => podsOf(service, context.profile));
  const prefixes = services.flatMap((service) =>
    service.selector.size > 0 ? [] : backendsOf(service, catalog, context).map(formatPrefix),
  );
  return { pods, backends: prefixes.map((cidr) => ({ cidr, except: [] })) };
}
