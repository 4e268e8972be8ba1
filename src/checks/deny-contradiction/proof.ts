/**
 * Whether a unit is dead for good: every flow that it could ever give is taken by clusterwide denies together.
 *
 * The proof is about selectors, not about identities that exist (src/cilium/policy/containment/product.ts); it is never
 * wrong about `dead`, and where it gives up the unit counts as alive.
 * Cost: one proof for each selector and port of the unit; of a dead one, a proof for each deny that meets it, to find the
 * causes.
 */
import type { Rule } from '../../cilium/policy/rule.ts';
import type { UniverseFacts } from '../../cilium/policy/containment/facts.ts';
import {
  canMeet,
  uncoveredProduct,
  type AllowUnit,
  type FlowWitness,
} from '../../cilium/policy/containment/product.ts';
import type { ClusterwideDeny } from './denies.ts';
import type { Unit } from './units.ts';

export type Proof =
  /** It can give no flow at all, denies or not. */
  | { readonly kind: 'empty' }
  | { readonly kind: 'alive' }
  | { readonly kind: 'dead'; readonly causes: readonly Rule[]; readonly example: FlowWitness };

export function prove(unit: Unit, denies: readonly ClusterwideDeny[], facts: UniverseFacts): Proof {
  const parts: AllowUnit[] = [];
  let example: FlowWitness | undefined;
  for (const part of partsOf(unit)) {
    const given = uncoveredProduct(part, [], facts);
    if (given.kind === 'covered') continue;
    if (given.kind === 'uncovered') example ??= given.witness;
    if (!isDead(part, denies, facts)) return { kind: 'alive' };
    parts.push(part);
  }
  if (parts.length === 0 || example === undefined) return { kind: 'empty' };
  return { kind: 'dead', causes: causesOf(parts, denies, facts), example };
}

/** Whether some flow from or to such a peer is given, and all such flows are taken. */
export function isTaken(part: AllowUnit, denies: readonly ClusterwideDeny[], facts: UniverseFacts): boolean {
  return uncoveredProduct(part, [], facts).kind === 'uncovered' && isDead(part, denies, facts);
}

export function* partsOf({ rule, selectors, ranges }: Unit): Iterable<AllowUnit> {
  for (const peer of selectors) for (const ports of ranges) yield { subject: rule.subject, peer, ports };
}

function isDead(part: AllowUnit, denies: readonly ClusterwideDeny[], facts: UniverseFacts): boolean {
  return (
    uncoveredProduct(
      part,
      denies.map(({ deny }) => deny),
      facts,
    ).kind === 'covered'
  );
}

/** One deny that is enough alone; else those that are left when each that is not needed is taken out. */
function causesOf(
  parts: readonly AllowUnit[],
  denies: readonly ClusterwideDeny[],
  facts: UniverseFacts,
): readonly Rule[] {
  const takesAll = (some: readonly ClusterwideDeny[]): boolean => parts.every((part) => isDead(part, some, facts));
  const meeting = denies.filter((deny) => parts.some((part) => canMeet(part, deny.deny, facts)));
  const single = meeting.find((deny) => takesAll([deny]));
  if (single !== undefined) return [single.rule];
  let needed: readonly ClusterwideDeny[] = meeting;
  for (const deny of meeting) {
    const others = needed.filter((other) => other !== deny);
    if (takesAll(others)) needed = others;
  }
  return needed.map(({ rule }) => rule);
}
