/**
 * Port names of everybody on egress beside a `cidrGroupSelector: {}`, since 1.20: whose names count is left to chance.
 *
 * The two have one key in the selector cache (addSelectorsTxn, pkg/policy/selectorcache.go). Whichever a node uses first, on any
 * endpoint, says which identities are looked at for the name: all of them, or those outside the cluster, which have none.
 * Cost: O(entries of filters).
 */
import type { ObjectRef } from '../objects.ts';
import type { PolicyContext } from './context.ts';
import type { Filter, FilterEntry } from './filters.ts';
import type { Unsupported } from './rule.ts';
import { isWildcard, standsForList } from './selector.ts';

type PlacedPart = Unsupported & { readonly object: ObjectRef };

/** Where groups are selected in that way, if the policy asks for such names: of a rule that does both its parse has told. */
export function namesOfEverybody(
  policy: { readonly ingress: readonly Filter[]; readonly egress: readonly Filter[] },
  { profile }: PolicyContext,
): readonly PlacedPart[] {
  const [named, others] = [policy.egress.filter(isNamed), policy.egress.filter((filter) => !isNamed(filter))];
  if (profile.egressNamedPorts === 'cluster' || wildcardsIn(named).length === 0) return [];
  const ofGroups = wildcardsIn([...policy.ingress, ...others]).filter(({ selector }) => !standsForList(selector));
  return ofGroups.flatMap(({ origins }) => origins.slice(0, 1).map(placed));
}

function isNamed({ port }: Filter): boolean {
  return port.kind === 'name';
}

function wildcardsIn(filters: readonly Filter[]): readonly FilterEntry[] {
  return filters.flatMap(({ entries }) => [...entries.values()].filter(({ selector }) => isWildcard(selector)));
}

function placed({ object, field }: FilterEntry['origins'][number]): PlacedPart {
  return { feature: 'every CIDR group', object, field };
}
