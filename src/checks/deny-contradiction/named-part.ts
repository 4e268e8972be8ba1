/**
 * Whether the denies take something that the author named: a value of a list, or a prefix inside a listed prefix.
 *
 * Such a hole is worth a word; a hole in what the author only took in with the rest is not.
 * Cost: one proof for each value, and for each prefix of a deny.
 */
import type { UniverseFacts } from '../../cilium/policy/containment/facts.ts';
import type { AllowUnit } from '../../cilium/policy/containment/product.ts';
import { containsPrefix, formatPrefix, prefixOfLabelKey } from '../../cilium/policy/prefixes/cidr.ts';
import { endpointSelector, exists, type EndpointSelector, type Requirement } from '../../cilium/policy/selector.ts';
import type { ClusterwideDeny } from './denies.ts';
import { isTaken, partsOf } from './proof.ts';
import { isBroad, type Unit } from './units.ts';

const MOST_CANDIDATES = 50;

/** In the words of the author, or undefined. */
export function namedPart(unit: Unit, denies: readonly ClusterwideDeny[], facts: UniverseFacts): string | undefined {
  if (isBroad(unit)) return undefined;
  let left = MOST_CANDIDATES;
  for (const part of partsOf(unit)) {
    for (const { name, peer } of narrowerPeers(part, denies)) {
      if (left === 0) return undefined;
      left -= 1;
      if (isTaken({ ...part, peer }, denies, facts)) return name;
    }
  }
  return undefined;
}

interface NarrowerPeer {
  readonly name: string;
  readonly peer: EndpointSelector;
}

function* narrowerPeers({ peer }: AllowUnit, denies: readonly ClusterwideDeny[]): Iterable<NarrowerPeer> {
  for (const requirement of peer.requirements) {
    if (requirement.operator === 'In' && requirement.values.length > 1) yield* singleValues(peer, requirement);
    if (requirement.source === 'cidr' && requirement.operator === 'Exists')
      yield* innerPrefixes(peer, requirement, denies);
  }
}

function* singleValues(peer: EndpointSelector, requirement: Requirement): Iterable<NarrowerPeer> {
  const others = peer.requirements.filter((other) => other !== requirement);
  for (const value of requirement.values) {
    const single = { ...requirement, values: [value] };
    yield { name: `${requirement.key}=${value}`, peer: endpointSelector([...others, single], peer.origin) };
  }
}

function* innerPrefixes(
  peer: EndpointSelector,
  { key }: Requirement,
  denies: readonly ClusterwideDeny[],
): Iterable<NarrowerPeer> {
  const outer = prefixOfLabelKey(key);
  if (outer === undefined) return;
  const keys = new Set(
    denies.flatMap(({ deny }) => deny.peers).flatMap(({ requirements }) => requirements.flatMap(prefixKey)),
  );
  for (const inner of keys) {
    const prefix = prefixOfLabelKey(inner);
    if (prefix === undefined || inner === key || !containsPrefix(outer, prefix)) continue;
    yield {
      name: formatPrefix(prefix),
      peer: endpointSelector([...peer.requirements, exists('cidr', inner)], peer.origin),
    };
  }
}

function prefixKey({ source, key, operator }: Requirement): readonly string[] {
  return source === 'cidr' && operator === 'Exists' ? [key] : [];
}
