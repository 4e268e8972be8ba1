/**
 * The clauses of a CiliumNetworkPolicy or CiliumClusterwideNetworkPolicy that select the subject of a flow.
 *
 * Restates pkg/policy/api/rule.go and pkg/k8s/apis/cilium.io/utils. An empty peer list is nobody, an absent one with
 * ports is everybody; empty lists of FQDNs, groups and services count as absent.
 */
import type { CiliumClusterwideNetworkPolicy, CiliumNetworkPolicy, ObjectRef } from '../objects.ts';
import type { CiliumRuleSpec, SelectorSpec, TrafficRuleSpec } from '../policy-spec.ts';
import type { Clause } from './clause.ts';
import { ciliumKey, conditionsOf, isLeftToChance, meets, NAMESPACE_KEY, type Condition } from './conditions.ts';
import type { ReplayContext, ReplayFlow } from './flow.ts';
import { endpointMatches, entityMatches, nodeMatches, type SelectorScope } from './peers.ts';
import { namesPorts, portsMatch } from './ports.ts';
import { cidrListMatches, cidrRuleMatches, namesSources, providerGroupMatches } from './prefixes.ts';
import { allOf, anyOf, truthOf, type Truth } from './truth.ts';

export function* ciliumClauses(
  policy: CiliumNetworkPolicy | CiliumClusterwideNetworkPolicy,
  flow: ReplayFlow,
  options: ReplayContext,
): Iterable<Clause> {
  const namespace = policy.kind === 'CiliumNetworkPolicy' ? policy.namespace : undefined;
  const object: ObjectRef = { kind: policy.kind, name: policy.name, ...(namespace !== undefined && { namespace }) };
  for (const rule of policy.rules) {
    const { endpointSelector } = rule;
    // A rule with a nodeSelector is about hosts, and no endpoint is one.
    if (endpointSelector === undefined) continue;
    const selected = selectsSubject(endpointSelector, namespace, flow, options);
    if (selected === 'no') continue;
    const place = { object, scope: scopeOf(endpointSelector, namespace, options) };
    for (const clause of ruleClauses(rule, place, flow, options)) yield selected === 'yes' ? clause : perhaps(clause);
  }
}

/** Of a rule that perhaps selects the subject: without it there may be no default deny either, so that it is an allow. */
function perhaps(clause: Clause): Clause {
  return clause.applies === 'no' ? { ...clause, effect: 'allow', applies: 'maybe' } : { ...clause, applies: 'maybe' };
}

function selectsSubject(
  endpointSelector: SelectorSpec,
  namespace: string | undefined,
  flow: ReplayFlow,
  options: ReplayContext,
): Truth {
  const read = (): readonly Condition[] => subjectConditions(endpointSelector, namespace, options);
  const conditions = options.readings.conditions(endpointSelector, 'subject', read);
  return isLeftToChance(conditions) ? 'maybe' : truthOf(meets(flow.subject, conditions));
}

/** A namespace in matchLabels under exactly `k8s:` is overwritten; under any other spelling it has to hold as well. */
function subjectConditions(
  selector: SelectorSpec,
  namespace: string | undefined,
  { profile }: ReplayContext,
): readonly Condition[] {
  const read = ciliumKey(profile.legacySelectorKeys);
  if (namespace === undefined) return conditionsOf(selector, read);
  const matchLabels = new Map([...selector.matchLabels, [`k8s:${NAMESPACE_KEY}`, namespace]]);
  return conditionsOf({ ...selector, matchLabels }, read);
}

function* ruleClauses(
  rule: CiliumRuleSpec,
  { object, scope }: { readonly object: ObjectRef; readonly scope: SelectorScope },
  flow: ReplayFlow,
  options: ReplayContext,
): Iterable<Clause> {
  const { direction } = flow;
  const defaultDeny = !options.config.nonDefaultDeny || rule.enableDefaultDeny[direction] !== false;
  const clause = (effect: Clause['effect'], element: TrafficRuleSpec): Clause => ({
    ref: { object, field: element.path },
    effect,
    defaultDeny,
    applies: applies(element, effect, scope, flow, options),
    wildcard: isWildcard(element),
  });
  const allows = (direction === 'ingress' ? rule.ingress : rule.egress) ?? [];
  const denies = (direction === 'ingress' ? rule.ingressDeny : rule.egressDeny) ?? [];
  for (const element of allows) yield clause('allow', element);
  for (const element of denies) yield clause('deny', element);
  for (const element of [...allows, ...denies]) if (hasRequirements(element)) yield clause('require', element);
  for (const element of bothDirections(rule)) if (sharesSelectors(element, options)) yield clause('share', element);
}

function bothDirections({ ingress, ingressDeny, egress, egressDeny }: CiliumRuleSpec): readonly TrafficRuleSpec[] {
  return [ingress, ingressDeny, egress, egressDeny].flatMap((elements) => elements ?? []);
}

/** What is excepted is part of the text by which the agent tells selectors apart. */
function sharesSelectors({ cidrSet = [] }: TrafficRuleSpec, options: ReplayContext): boolean {
  return cidrSet.some((rule) => rule.except.length === 0 && namesSources(rule, options));
}

function scopeOf(
  endpointSelector: SelectorSpec,
  namespace: string | undefined,
  { profile, readings }: ReplayContext,
): SelectorScope {
  const read = ciliumKey(profile.legacySelectorKeys);
  const own = readings.conditions(endpointSelector, 'own', () => conditionsOf(endpointSelector, read));
  const selectsInit = own.some(({ source, key }) => source === 'reserved' && key === 'init');
  return { selectsInit, ...(namespace !== undefined && { namespace }) };
}

function hasRequirements({ requires }: TrafficRuleSpec): boolean {
  return requires !== undefined && requires.length > 0;
}

function applies(
  element: TrafficRuleSpec,
  effect: Clause['effect'],
  scope: SelectorScope,
  flow: ReplayFlow,
  options: ReplayContext,
): Truth {
  const authenticated: Truth = element.authentication === undefined ? 'yes' : 'maybe';
  const ports = portsMatch(element, flow, rangeFromZero(effect, options));
  return allOf([ports, peersMatch(element, effect, scope, flow, options), authenticated]);
}

/**
 * Until 1.19 port 0 with an endPort is every port in the datapath alone: a deny of it takes no allow of a port beyond out of the
 * policy map, which then holds there, and no allow of every port, of which the datapath has the one or the other.
 */
function rangeFromZero(effect: Clause['effect'], { profile }: ReplayContext): Truth {
  return effect === 'deny' && !profile.portZeroIgnoresEndPort ? 'maybe' : 'yes';
}

function peersMatch(
  element: TrafficRuleSpec,
  effect: Clause['effect'],
  scope: SelectorScope,
  { peer }: ReplayFlow,
  options: ReplayContext,
): Truth {
  if (namesNobody(element, effect)) return 'no';
  if (!namesPeers(element, effect)) return namesPorts(element) ? 'yes' : 'no';
  const { endpoints = [], nodes = [], cidr = [], cidrSet = [], entities = [], fqdns = [], services = [] } = element;
  return anyOf([
    ...endpoints.map((selector) => endpointMatches(selector, scope, peer, options)),
    ...nodes.map(() => nodeMatches(peer)),
    cidrListMatches(cidr, peer, options),
    ...cidrSet.map((rule) => cidrRuleMatches(rule, peer, options)),
    ...entities.map((entity) => entityMatches(entity, peer, options)),
    ...fqdns.map((): Truth => (peer.kind === 'address' ? 'maybe' : 'no')),
    ...services.map((): Truth => 'maybe'),
    ...(element.groups ?? []).map((hash) => providerGroupMatches(hash, peer, options)),
  ]);
}

/**
 * One of these lists is there and empty: the rule has no peers at all, whatever else it says. What Services stand for comes into
 * two of them.
 */
function namesNobody(element: TrafficRuleSpec, effect: Clause['effect']): boolean {
  const { endpoints, nodes, cidr, cidrSet, entities, services = [] } = element;
  const filled = effect === 'allow' && services.length > 0 ? [] : [endpoints, cidrSet];
  return [nodes, cidr, entities, ...filled].some((list) => list?.length === 0);
}

/** Services in a deny rule are never looked up: such a rule has no peers of its own. */
function namesPeers(element: TrafficRuleSpec, effect: Clause['effect']): boolean {
  const { endpoints, nodes, cidr, cidrSet, entities, fqdns, groups } = element;
  const services = effect === 'allow' ? element.services : undefined;
  const lists = [endpoints, nodes, cidr, cidrSet, entities, fqdns, groups, services];
  return lists.some((list) => list !== undefined && list.length > 0);
}

/** Entities but `all` are never the wildcard; of other peers it is not worth asking. */
function isWildcard({ entities = [] }: TrafficRuleSpec): boolean {
  return entities.length === 0 || entities.includes('all');
}
