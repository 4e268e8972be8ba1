/**
 * The units that are judged: one peer item of one allow rule with one port as it was written.
 *
 * Protocol ANY is one port that stands for TCP, UDP and SCTP; an entity is one item that stands for several selectors. What is not
 * modelled stands for the most that it can come to (judged-rules.ts).
 * Items and ports of a rule element are listed apart: one of a megabyte has millions of units, so that each is made when it
 * is asked about, and no more than MOST_UNITS of a policy are.
 * Invariant: units with equal content give the same flows; where in the object they stand is no part of it.
 */
import { CLUSTER_KEY } from '../../cilium/identity/pod-labels.ts';
import type { FieldPath } from '../../cilium/field-path.ts';
import { ANY_PROTOCOL, type Peer, type PortRange, type Rule } from '../../cilium/policy/rule.ts';
import { isWildcard, WILDCARD, type EndpointSelector } from '../../cilium/policy/selector.ts';
import { boundsAt } from './judged-rules.ts';

/** What the units of one peer item have in common. */
export interface PeerItem {
  readonly rule: Rule;
  /** The item, or the rule where it names no peer. */
  readonly field: FieldPath;
  /** Each gives flows of its own. */
  readonly selectors: readonly EndpointSelector[];
}

/** What one written port stands for. */
export type WrittenPort = readonly WrittenRange[];

export interface WrittenRange extends PortRange {
  /** A port name: what it stands for is each pod's own, so that it takes every port of the protocol. */
  readonly name?: string;
}

export interface Unit extends PeerItem {
  readonly ranges: WrittenPort;
}

/**
 * What stands in one place: a CiliumNetworkPolicy has one rule for each element, a NetworkPolicy one for each peer, alike in
 * all but that. Not empty.
 */
export type RuleElement = readonly [Rule, ...Rule[]];

/** Its units are every item with every port. */
export interface ElementUnits {
  readonly items: readonly PeerItem[];
  readonly ports: readonly WrittenPort[];
}

/** Of one policy; the largest that the API server takes has a thousand times as many. */
export const MOST_UNITS = 5_000;

/** As they are written. */
export function elementsOf(rules: readonly Rule[]): ReadonlyMap<FieldPath, RuleElement> {
  // A group is never empty.
  return Map.groupBy(rules, ({ ref }) => ref.field) as Map<FieldPath, [Rule, ...Rule[]]>;
}

/** None of an element that allows endpoints nothing. */
export function unitsOf(element: RuleElement): ElementUnits {
  const [{ verdict, subjectKind }] = element;
  const allows = verdict === 'allow' && subjectKind === 'endpoint';
  return allows ? { items: element.flatMap(itemsOf), ports: writtenPorts(element[0]) } : { items: [], ports: [] };
}

/** Of a deny too. */
export function itemsOf(rule: Rule): readonly PeerItem[] {
  return peersOf(rule).map(({ selectors, ref: { field } }) => ({
    rule,
    field,
    selectors: boundsAt(field, rule) ?? selectors,
  }));
}

function peersOf({ peers, ref }: Rule): readonly Peer[] {
  switch (peers.kind) {
    case 'none':
      return [];
    case 'any':
      return [{ selectors: [WILDCARD], ref }];
    case 'list':
      return peers.items;
  }
}

function writtenPorts({ ports, ref }: Rule): readonly WrittenPort[] {
  if (ports.kind === 'any') return [[{ protocol: ANY_PROTOCOL, first: 0, last: 0, ref }]];
  const names = (ports.names ?? []).map((named): WrittenRange => ({ ...named, first: 0, last: 0 }));
  return [...Map.groupBy([...ports.items, ...names], (range) => range.ref.field).values()];
}

export function contentOf(unit: Unit): string {
  return `${peerContent(unit)} ${portContent(unit.ranges)}`;
}

/** The part of the content that the units of an item share. */
export function peerContent({ rule: { direction, subject }, selectors }: PeerItem): string {
  return JSON.stringify([direction, subject.key, selectors.map(({ key }) => key).sort()]);
}

/** The part of the content that the units of a port share. */
function portContent(ranges: WrittenPort): string {
  const textOf = ({ protocol, first, last, name }: WrittenRange): string => `${protocol}/${name ?? `${first}-${last}`}`;
  return JSON.stringify(ranges.map(textOf).sort());
}

/** Where the port is written; the rule where it names none. */
export function portField({ ranges, rule }: Unit): FieldPath {
  return ranges[0]?.ref.field ?? rule.ref.field;
}

/** Names addresses by their prefix or group. */
export function isCIDRItem({ selectors }: PeerItem): boolean {
  return selectors.some(({ requirements }) =>
    requirements.some(({ source }) => source === 'cidr' || source === 'cidrgroup'),
  );
}

/** So wide that holes in it are what clusterwide denies are for: everything, the world, the cluster. */
export function isBroad({ selectors }: PeerItem): boolean {
  return selectors.some((selector) => isWildcard(selector) || isBroadSelector(selector));
}

const BROAD_LABELS: ReadonlySet<string> = new Set(['world', 'world-ipv4', 'world-ipv6', CLUSTER_KEY]);

function isBroadSelector({ requirements }: EndpointSelector): boolean {
  return requirements.every(({ source, key, operator }) => {
    const isPresent = operator === 'In' || operator === 'Exists';
    return !isPresent || BROAD_LABELS.has(key) || (source === 'cidr' && key.endsWith('/0'));
  });
}
