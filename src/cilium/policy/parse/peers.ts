/**
 * The peers of one traffic rule of a CNP or CCNP.
 *
 * Mirrors mergeEndpointSelectors (pkg/policy/utils/parserules.go).
 * A list that is there and empty selects nobody, but for toFQDNs, toGroups and toServices, where it selects everybody.
 */
import type { RuleRef } from '../../objects.ts';
import type { CIDRRuleSpec, TrafficRuleSpec } from '../../policy-spec.ts';
import { cidrList, cidrRuleSelectors, cidrSelectors } from './cidr-peers.ts';
import type { ParseContext } from '../context.ts';
import { entitySelectors } from './entities.ts';
import { endpointPeer, type PeerScope } from './injection.ts';
import type { Peer, Peers } from '../rule.ts';
import { peerField, type PeerKind } from './peer-field.ts';
import { endpointSelector, exists, type EndpointSelector } from '../selector.ts';
import type { RulePlace } from './traffic-rules.ts';
import { sealed } from './written-selector.ts';

/** Yields where the caller may pause. */
export function* readPeers(
  traffic: TrafficRuleSpec,
  place: RulePlace,
  scope: PeerScope,
  context: ParseContext,
): Generator<undefined, Peers> {
  if (isNobody(traffic) || isUnresolved(traffic, context)) return { kind: 'none' };
  const items = yield* peersOf(traffic, place, scope, context);
  if (items.length > 0) return { kind: 'list', items };
  return hasPorts(traffic) ? { kind: 'any' } : { kind: 'none' };
}

/** A peer kind that the model can't turn into selectors. */
function isUnresolved(traffic: TrafficRuleSpec, context: ParseContext): boolean {
  const services = (traffic.services ?? []).length > 0 && context.supplies?.has('no-services') !== true;
  return services || (traffic.nodes ?? []).length > 0 || (traffic.groups ?? 0) > 0;
}

function isNobody({ endpoints, nodes, entities, cidr, cidrSet }: TrafficRuleSpec): boolean {
  return [endpoints, nodes, entities, cidr, cidrSet].some((list) => list?.length === 0);
}

function hasPorts({ toPorts, icmps }: TrafficRuleSpec): boolean {
  return (toPorts ?? []).length > 0 || (icmps ?? []).length > 0;
}

const PEERS_PER_PAUSE = 256;

function* peersOf(
  traffic: TrafficRuleSpec,
  place: RulePlace,
  scope: PeerScope,
  context: ParseContext,
): Generator<undefined, readonly Peer[]> {
  const { endpoints = [], entities = [], cidr = [], cidrSet = [], fqdns = [] } = traffic;
  const list = cidrList(cidr);
  const at = (kind: PeerKind) => ({ object: scope.object, field: peerField(traffic, place, kind) });
  return [
    ...(yield* peersAt(at('endpoints'), endpoints, (spec) => [sealed(endpointPeer(spec, scope, context))])),
    ...(yield* peersAt(at('entities'), entities, (entity) => entitySelectors(entity, context) ?? [])),
    ...(yield* peersAt(at('cidr'), cidr, (text) => cidrSelectors(text, list, context))),
    ...(yield* cidrSetPeers(at('cidrSet'), cidrSet, context)),
    ...(yield* peersAt(at('fqdns'), fqdns, (fqdn) => [fqdnSelector(fqdn)])),
  ];
}

/** The items of the list at `ref`. */
function* peersAt<Item>(
  ref: RuleRef,
  items: readonly Item[],
  read: (item: Item) => readonly EndpointSelector[],
): Generator<undefined, readonly Peer[]> {
  const peers: Peer[] = [];
  for (const item of items) {
    peers.push({ selectors: read(item), ref: { object: ref.object, field: `${ref.field}[${peers.length}]` } });
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
  return endpointSelector([exists('fqdn', fqdn.matchName === '' ? fqdn.matchPattern : fqdn.matchName)]);
}
