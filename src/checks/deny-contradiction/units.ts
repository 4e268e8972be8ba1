/**
 * The units that are judged: one peer item of one allow rule with one port as it was written.
 *
 * Protocol ANY is one port that stands for TCP, UDP and SCTP; an entity is one item that stands for several selectors.
 * Invariant: units with equal content give the same flows; where in the object they stand is no part of it.
 */
import { CLUSTER_KEY } from '../../cilium/identity/pod-labels.ts';
import type { FieldPath } from '../../cilium/field-path.ts';
import { ANY_PROTOCOL, type Peer, type PortRange, type Rule } from '../../cilium/policy/rule.ts';
import { isWildcard, WILDCARD, type EndpointSelector } from '../../cilium/policy/selector.ts';

export interface Unit {
  readonly rule: Rule;
  /** The item, or the rule where it names no peer. */
  readonly field: FieldPath;
  /** Each gives flows of its own. */
  readonly selectors: readonly EndpointSelector[];
  /** What one written port stands for. */
  readonly ranges: readonly PortRange[];
  readonly content: string;
}

export function unitsOf(rules: readonly Rule[]): readonly Unit[] {
  return rules
    .filter(({ verdict, subjectKind }) => verdict === 'allow' && subjectKind === 'endpoint')
    .flatMap(ruleUnits);
}

function ruleUnits(rule: Rule): readonly Unit[] {
  const ports = writtenPorts(rule);
  return itemsOf(rule).flatMap(({ selectors, ref }) =>
    ports.map((ranges) => ({ rule, field: ref.field, selectors, ranges, content: contentOf(rule, selectors, ranges) })),
  );
}

function itemsOf({ peers, ref }: Rule): readonly Peer[] {
  switch (peers.kind) {
    case 'none':
      return [];
    case 'any':
      return [{ selectors: [WILDCARD], ref }];
    case 'list':
      return peers.items;
  }
}

/** Port names are not judged: what they stand for is each pod's own. */
function writtenPorts({ ports, ref }: Rule): readonly (readonly PortRange[])[] {
  if (ports.kind === 'any') return [[{ protocol: ANY_PROTOCOL, first: 0, last: 0, ref }]];
  return [...Map.groupBy(ports.items, (range) => range.ref.field).values()];
}

function contentOf(
  { subject, direction }: Rule,
  selectors: readonly EndpointSelector[],
  ranges: readonly PortRange[],
): string {
  const peers = selectors.map(({ key }) => key).sort();
  const ports = ranges.map(({ protocol, first, last }) => `${protocol}/${first}-${last}`).sort();
  return JSON.stringify([direction, subject.key, peers, ports]);
}

/** Names addresses by their prefix or group. */
export function isCIDRItem({ selectors }: Unit): boolean {
  return selectors.some(({ requirements }) =>
    requirements.some(({ source }) => source === 'cidr' || source === 'cidrgroup'),
  );
}

/** So wide that holes in it are what clusterwide denies are for: everything, the world, the cluster. */
export function isBroad({ selectors }: Unit): boolean {
  return selectors.some((selector) => isWildcard(selector) || isBroadSelector(selector));
}

const BROAD_LABELS: ReadonlySet<string> = new Set(['world', 'world-ipv4', 'world-ipv6', CLUSTER_KEY]);

function isBroadSelector({ requirements }: EndpointSelector): boolean {
  return requirements.every(({ source, key, operator }) => {
    const isPresent = operator === 'In' || operator === 'Exists';
    return !isPresent || BROAD_LABELS.has(key) || (source === 'cidr' && key.endsWith('/0'));
  });
}
