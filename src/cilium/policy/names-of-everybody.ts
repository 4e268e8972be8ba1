/**
 * Whose port names everybody on egress has where `cidrGroupSelector: {}` stands in the policy, too, since 1.20.
 *
 * Both selectors have one key in the selector cache (addSelectorsTxn, pkg/policy/selectorcache.go), and whichever is used first
 * says which identities are looked at for the name: all of them, or those outside the cluster, which have no names. Here that is
 * the first of this policy; on a node it may be one of another endpoint.
 * Cost: O(peers of the rules), where there are such names.
 */
import type { PolicyContext } from './context.ts';
import type { Filter, FilterEntry } from './filters.ts';
import type { Rule } from './rule.ts';
import { CIDR_WILDCARD, isWildcard, standsForList, WILDCARD, type EndpointSelector } from './selector.ts';

/** The filters of egress, with the selector of everybody that was used first. Rules in their order. */
export function withNamesOfEverybody(
  egress: readonly Filter[],
  earlier: { readonly ingress: readonly Filter[]; readonly rules: readonly Rule[] },
  { profile }: PolicyContext,
): readonly Filter[] {
  if (profile.egressNamedPorts === 'cluster' || !egress.some(namesEverybody)) return egress;
  const first = firstUsed(earlier.rules, earlier.ingress);
  return egress.map((filter) => (namesEverybody(filter) ? { ...filter, entries: entriesBy(first, filter) } : filter));
}

/** Whether what other endpoints of a node use may change it. */
export function isLeftToChance(egress: readonly Filter[], rules: readonly Rule[]): boolean {
  return egress.some(namesEverybody) && rules.some(({ peers }) => wildcardIn(peers) === CIDR_WILDCARD);
}

function namesEverybody({ port, entries }: Filter): boolean {
  return port.kind === 'name' && entries.has(WILDCARD.key);
}

/** What the agent allows everybody by itself comes after the rules of its direction. */
function firstUsed(rules: readonly Rule[], ingress: readonly Filter[]): EndpointSelector {
  for (const direction of ['ingress', 'egress'] as const) {
    const used = rules.filter((rule) => rule.direction === direction && makesFilters(rule));
    for (const { peers } of used) {
      const wildcard = wildcardIn(peers);
      if (wildcard !== undefined) return wildcard;
    }
    if (direction === 'ingress' && ingress.some(({ entries }) => entries.has(WILDCARD.key))) return WILDCARD;
  }
  return WILDCARD;
}

function makesFilters({ peers, ports }: Rule): boolean {
  if (ports.kind === 'any') return peers.kind === 'list';
  return ports.items.length > 0 || (ports.names ?? []).length > 0;
}

function wildcardIn(peers: Rule['peers']): EndpointSelector | undefined {
  if (peers.kind !== 'list') return peers.kind === 'any' ? WILDCARD : undefined;
  const wildcards = peers.items.flatMap(({ selectors }) => selectors.filter(isWildcard));
  return wildcards.find(standsForList) ?? wildcards[0];
}

function entriesBy(first: EndpointSelector, { entries }: Filter): ReadonlyMap<string, FilterEntry> {
  return new Map(
    [...entries].map(([key, entry]) => [key, isWildcard(entry.selector) ? { ...entry, selector: first } : entry]),
  );
}
