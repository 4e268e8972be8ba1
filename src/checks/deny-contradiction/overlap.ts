/**
 * Denies that can't meet a unit, told by a look at single requirements: nearly all of them, so that proofs are about few.
 *
 * Invariant: `true` is certain; a deny that is kept may still turn out to take nothing.
 * Sound because an identity has one label for a key and at most one cidr label, an address outside the cluster has no label of
 * a pod, and a selector with a positive requirement on such labels takes no aggregate identity.
 * Cost: O(requirements of the one x requirements of the other).
 */
import { containsPrefix, prefixOfLabelKey } from '../../cilium/policy/cidr.ts';
import { ANY_PROTOCOL, type PortRange, type Ports } from '../../cilium/policy/rule.ts';
import type { EndpointSelector, Requirement } from '../../cilium/policy/selector.ts';
import type { ClusterwideDeny } from './denies.ts';
import type { Unit } from './units.ts';

export function meetingDenies(unit: Unit, denies: readonly ClusterwideDeny[]): readonly ClusterwideDeny[] {
  return denies.filter(({ deny }) => {
    if (!portsMeet(unit.ranges, deny.ports)) return false;
    const [subjects, peers] = deny.side === 'own' ? [[deny.subject], deny.peers] : [deny.peers, [deny.subject]];
    return (
      subjects.some((subject) => !areDisjoint(subject, unit.rule.subject)) &&
      peers.some((peer) => unit.selectors.some((selector) => !areDisjoint(peer, selector)))
    );
  });
}

function portsMeet(ranges: readonly PortRange[], ports: Ports): boolean {
  return ports.kind === 'any' || ports.items.some((denied) => ranges.some((range) => rangesMeet(denied, range)));
}

function rangesMeet(a: PortRange, b: PortRange): boolean {
  if (a.protocol === ANY_PROTOCOL || b.protocol === ANY_PROTOCOL) return true;
  if (a.protocol !== b.protocol) return false;
  return (
    a.first === 0 || b.first === 0 || (a.first <= Math.max(b.first, b.last) && b.first <= Math.max(a.first, a.last))
  );
}

/** Surely no identity is taken by both. */
function areDisjoint(a: EndpointSelector, b: EndpointSelector): boolean {
  return a.requirements.some((left) => b.requirements.some((right) => exclude(left, right)));
}

function exclude(left: Requirement, right: Requirement): boolean {
  if (!isPositive(left) || !isPositive(right)) return false;
  if (left.source === 'cidr' && right.source === 'cidr') return prefixesExclude(left.key, right.key);
  if (isOfAddress(left) && right.source === 'k8s') return true;
  if (isOfAddress(right) && left.source === 'k8s') return true;
  return left.key === right.key && isPlain(left) && isPlain(right) && valuesExclude(left, right);
}

function isPositive({ operator }: Requirement): boolean {
  return operator === 'In' || operator === 'Exists';
}

function isOfAddress({ source }: Requirement): boolean {
  return source === 'cidr' || source === 'cidrgroup' || source === 'fqdn';
}

/** Labels of groups may have several values. */
function isPlain({ source }: Requirement): boolean {
  return source !== 'cidrgroup';
}

function valuesExclude(left: Requirement, right: Requirement): boolean {
  return (
    left.operator === 'In' && right.operator === 'In' && !left.values.some((value) => right.values.includes(value))
  );
}

function prefixesExclude(left: string, right: string): boolean {
  const [a, b] = [prefixOfLabelKey(left), prefixOfLabelKey(right)];
  return a !== undefined && b !== undefined && !containsPrefix(a, b) && !containsPrefix(b, a);
}
