/**
 * The peers of one traffic rule of a CNP or CCNP.
 *
 * Mirrors mergeEndpointSelectors (pkg/policy/utils/parserules.go).
 * A list that is there and empty selects nobody, but for toFQDNs, toGroups and toServices, where it selects everybody.
 */
import { elementPath } from '../../field-path.ts';
import type { RuleRef } from '../../objects.ts';
import type { CIDRRuleSpec, SelectorSpec, TrafficRuleSpec } from '../../policy-spec.ts';
import { cidrList, cidrRuleSelectors, cidrSelectors } from './cidr-peers.ts';
import type { ParseContext } from '../context.ts';
import { entitySelectors } from './entities.ts';
import { endpointPeer, nodePeer, type PeerScope } from './injection.ts';
import type { Peer, Peers } from '../rule.ts';
import { peerField, type PeerKind } from './peer-field.ts';
import { externalGroupKey } from '../prefixes/cidr-groups.ts';
import { endpointSelector, equals, exists, type EndpointSelector } from '../selector.ts';
import type { ResolvedTrafficRule, ServicePeers } from './service-peers.ts';
import { sealed } from './written-selector.ts';

/** Yields where the caller may pause. */
export function* readPeers(
  rule: ResolvedTrafficRule,
  scope: PeerScope,
  context: ParseContext,
): Generator<undefined, Peers> {
  const { traffic, services } = rule;
  if (services === undefined || isNobody(rule)) return { kind: 'none' };
  const items = [
    ...(yield* peersOf(rule, scope, context)),
    ...(yield* servicePeers({ ...rule, services }, scope, context)),
  ];
  if (items.length > 0) return { kind: 'list', items };
  return hasPorts(traffic) ? { kind: 'any' } : { kind: 'none' };
}

/** A list is there and empty. What Services stand for is in those of endpoints and CIDRs by then. */
export function isNobody({ traffic, services = [] }: ResolvedTrafficRule): boolean {
  const { endpoints, nodes, entities, cidr, cidrSet } = traffic;
  const hasPods = services.some(({ pods }) => pods.length > 0);
  const hasBackends = services.some(({ backends }) => backends.length > 0);
  const lists = [hasPods ? undefined : endpoints, nodes, entities, cidr, hasBackends ? undefined : cidrSet];
  return lists.some((list) => list?.length === 0);
}

function hasPorts({ toPorts, icmps }: TrafficRuleSpec): boolean {
  return (toPorts ?? []).length > 0 || (icmps ?? []).length > 0;
}

const PEERS_PER_PAUSE = 256;

function* peersOf(
  { traffic, place }: ResolvedTrafficRule,
  scope: PeerScope,
  context: ParseContext,
): Generator<undefined, readonly Peer[]> {
  const { endpoints = [], nodes = [], entities = [], cidr = [], cidrSet = [], fqdns = [], groups = [] } = traffic;
  const list = cidrList(cidr);
  const at = (kind: PeerKind) => ({ object: scope.object, field: peerField(traffic, place, kind) });
  return [
    ...(yield* peersAt(at('endpoints'), endpoints, (spec) => [sealed(endpointPeer(spec, scope, context))])),
    ...(yield* peersAt(at('nodes'), nodes, (spec) => [sealed(nodePeer(spec, context))])),
    ...(yield* peersAt(at('entities'), entities, (entity) => entitySelectors(entity, context) ?? [])),
    ...(yield* peersAt(at('cidr'), cidr, (text) => cidrSelectors(text, list, context))),
    ...(yield* cidrSetPeers(at('cidrSet'), cidrSet, context)),
    ...(yield* peersAt(at('fqdns'), fqdns, (fqdn) => [fqdnSelector(fqdn)])),
    ...(yield* peersAt(at('groups'), groups, (hash) => [groupSelector(hash)])),
  ];
}

/** One for each reference that comes to something. */
function* servicePeers(
  { traffic, place, services }: ResolvedTrafficRule & { readonly services: readonly ServicePeers[] },
  scope: PeerScope,
  context: ParseContext,
): Generator<undefined, readonly Peer[]> {
  const read: (readonly EndpointSelector[])[] = [];
  for (const { pods, backends } of services) {
    const selectors = pods.map((spec: SelectorSpec) => sealed(endpointPeer(spec, scope, context)));
    for (const rule of backends) selectors.push(...(yield* cidrRuleSelectors(rule, context)));
    read.push(selectors);
    yield;
  }
  const ref = { object: scope.object, field: peerField(traffic, place, 'services') };
  return (yield* peersAt(ref, read, (selectors) => selectors)).filter(({ selectors }) => selectors.length > 0);
}

/** The items of the list at `ref`. */
function* peersAt<Item>(
  ref: RuleRef,
  items: readonly Item[],
  read: (item: Item) => readonly EndpointSelector[],
): Generator<undefined, readonly Peer[]> {
  const peers: Peer[] = [];
  for (const item of items) {
    peers.push({ selectors: read(item), ref: { object: ref.object, field: elementPath(ref.field, peers.length) } });
    if (peers.length % PEERS_PER_PAUSE === 0) yield;
  }
  return peers;
}

function* cidrSetPeers(
  ref: RuleRef,
  rules: readonly CIDRRuleSpec[],
  context: ParseContext,
): Generator<undefined, readonly Peer[]> {
  const read: (readonly EndpointSelector[])[] = [];
  for (const rule of rules) {
    read.push(yield* cidrRuleSelectors(rule, context));
    if (read.length % PEERS_PER_PAUSE === 0) yield;
  }
  return yield* peersAt(ref, read, (selectors) => selectors);
}

/** Selects the identities of every address that the name was answered with. */
export function fqdnSelector(fqdn: { readonly matchName: string; readonly matchPattern: string }): EndpointSelector {
  return endpointSelector([exists('fqdn', fqdn.matchName === '' ? fqdn.matchPattern : fqdn.matchName)], 'fqdn');
}

/** Selects the prefixes of the CIDR group that the operator fills (GetAsEndpointSelector, pkg/policy/api/groups.go of 1.20). */
function groupSelector(hash: string): EndpointSelector {
  return endpointSelector([equals('cidrgroup', externalGroupKey(hash), '')]);
}
