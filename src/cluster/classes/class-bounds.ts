/**
 * What the rules of a class say of the size of its map before anybody counts it.
 *
 * Entries of one identity meet only those of its own and of its wildcard (cilium/policy/map/distill.ts), and each stands at a key
 * that some filter asks for. So one more identity adds no more entries than there are such keys, whatever it is.
 * Invariant: a bound is never below what a count finds.
 * Cost: O(filters x blocks), once for a class.
 */
import { areAdditive } from '../../cilium/policy/additive-rules.ts';
import { askedKeys } from '../../cilium/policy/map/asked-keys.ts';
import { L3_KEY, l4Key, type L4Key } from '../../cilium/policy/map/l4-key.ts';
import type { Filter } from '../../cilium/policy/filters.ts';
import { portBlocks } from '../../cilium/policy/ports.ts';
import { registeredNames } from '../../cilium/policy/prefixes/fqdn.ts';
import { ANY_PROTOCOL, type Ports, type Rule } from '../../cilium/policy/rule.ts';
import { isWildcard } from '../../cilium/policy/selector.ts';
import type { PolicyClass } from '../policy-class.ts';

export interface ClassBounds {
  /** One identity has no more entries than these in both directions together. */
  readonly mostOfOne: number;
  /** Whether the map depends on nothing but the rules, the identities and the names of ports: on no DNS name. */
  readonly isOfIdentitiesAlone: boolean;
  /** Whether more rules that only add to others only add to these, too. */
  readonly isAdditive: boolean;
  /** How many keys its rules ask for. */
  readonly askedKeys: number;
}

export function classBounds(policyClass: PolicyClass): ClassBounds {
  const { ingress, egress } = policyClass.policy;
  return {
    mostOfOne: keysForOne(ingress.filters) + keysForOne(egress.filters),
    isOfIdentitiesAlone: isOfIdentitiesAlone(policyClass),
    isAdditive: isKnown(policyClass) && areAdditive(policyClass.rules),
    askedKeys: askedBy(policyClass.rules),
  };
}

function isKnown({ conflict, uncounted, unsupported }: PolicyClass): boolean {
  return conflict === undefined && uncounted === undefined && unsupported.length === 0;
}

export function askedBy(rules: readonly Rule[]): number {
  const blocks = new Map<Ports, number>();
  return rules.reduce((sum, rule) => sum + askedKeys(rule, blocks), 0);
}

export function isOfIdentitiesAlone({ policy, uncounted }: PolicyClass): boolean {
  return uncounted === undefined && registeredNames(policy).length === 0;
}

/** A port name is one key for each filter, whatever its number. */
function keysForOne(filters: readonly Filter[]): number {
  const keys = new Set<L4Key>();
  let names = 0;
  for (const { port, entries } of filters) {
    if (port.kind === 'name') names += 1;
    else if ([...entries.values()].some(({ selector }) => !isWildcard(selector))) addKeys(keys, port);
  }
  return keys.size + names;
}

function addKeys(keys: Set<L4Key>, { protocol, first, last }: Extract<Filter['port'], { kind: 'range' }>): void {
  if (protocol === ANY_PROTOCOL) keys.add(L3_KEY);
  else for (const block of portBlocks(first, last)) keys.add(l4Key(protocol, block));
}
