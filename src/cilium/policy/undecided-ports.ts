/**
 * Port 0 with an endPort, until 1.19: where two entries of a policy map have one key in the datapath.
 *
 * A range from port 0 is made of blocks (PortRangeToMaskedPorts, pkg/policy/portrange.go), of which the first has port 0 and a
 * length; the datapath's key of port 0 is every port, whatever the length (NewKey, pkg/maps/policymap). With another entry of every
 * port of that protocol, or with another such block, the order of a Go map decides which of the two is written last.
 * Cost: O(filters), and their entries where there are two.
 */
import { formatRuleRef, type ObjectRef } from '../objects.ts';
import type { Filter, FilterEntry } from './filters.ts';
import { portBlocks } from './ports.ts';
import { ANY_PROTOCOL, type Protocol, type Unsupported } from './rule.ts';
import { getOrMake } from '../get-or-make.ts';

type PlacedPart = Unsupported & { readonly object: ObjectRef };

const FEATURE = 'port 0 with endPort';

/** Which rules of one direction leave it to chance what the datapath does. */
export function undecidedPorts(filters: readonly Filter[]): readonly PlacedPart[] {
  const byProtocol = new Map<Protocol, Map<number, Filter[]>>();
  for (const filter of filters) {
    const { port } = filter;
    if (port.kind !== 'range' || port.first !== 0 || port.protocol === ANY_PROTOCOL) continue;
    const lengths = getOrMake(byProtocol, port.protocol, () => new Map<number, Filter[]>());
    getOrMake(lengths, firstLength(port.last), () => []).push(filter);
  }
  const found = [...byProtocol.values()].filter((lengths) => lengths.size > 1);
  return eachOnce(found.flatMap((lengths) => contradictions([...lengths.values()])));
}

function firstLength(last: number): number {
  return portBlocks(0, last)[0]?.prefixLength ?? 0;
}

/** All of one effect: whichever is written last says the same. */
function contradictions(groups: readonly (readonly Filter[])[]): readonly PlacedPart[] {
  const entries = groups.flat().flatMap((filter) => [...filter.entries.values()]);
  const effects = new Set(entries.map(({ outcome }) => outcome.effect));
  return effects.size > 1 ? entries.flatMap(placesOf) : [];
}

/** Protocol ANY makes three ports of one. */
function eachOnce(parts: readonly PlacedPart[]): readonly PlacedPart[] {
  return [...new Map(parts.map((part) => [formatRuleRef(part), part])).values()];
}

function placesOf({ origins }: FilterEntry): readonly PlacedPart[] {
  return origins.slice(0, 1).map(({ object, field }) => ({ feature: FEATURE, object, field }));
}
