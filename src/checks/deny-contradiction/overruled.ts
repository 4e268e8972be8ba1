/**
 * Which denies of a unit decide about it, where accepts of the Admin tier may come before them.
 *
 * A deny decides if no accept before it can be about a flow that both the unit and the deny are about; only such denies go
 * into a proof. The others are overruled: wholly, where the accepts give all that the unit gives, or it is not known how far.
 * Invariant: what the deciding denies take of the unit is denied, whatever the accepts.
 * Cost: nothing without accepts; else O(denies x accepts) looks, and a proof for the accepts that are near.
 */
import type { UniverseFacts } from '../../cilium/policy/containment/facts.ts';
import { canMeet, uncoveredProduct, type Deny } from '../../cilium/policy/containment/product.ts';
import { overrules, type ClusterwideAccept, type ClusterwideDeny } from './denies.ts';
import { endsMeet, portsMeet } from './overlap.ts';
import { partsOf } from './proof.ts';
import type { Unit } from './units.ts';

export interface Overruled {
  readonly deny: ClusterwideDeny;
  readonly accept: ClusterwideAccept;
}

export interface Ruling {
  readonly deciding: readonly ClusterwideDeny[];
  /** It is not known how far; one accept of each deny. */
  readonly overruled: readonly Overruled[];
}

export function rulingOf(
  unit: Unit,
  denies: readonly ClusterwideDeny[],
  accepts: readonly ClusterwideAccept[],
  facts: UniverseFacts,
): Ruling {
  const near = accepts.filter(({ accept }) => meetsUnit(accept, unit, facts));
  if (near.length === 0) return { deciding: denies, overruled: [] };
  const deciding: ClusterwideDeny[] = [];
  const overruled: Overruled[] = [];
  for (const deny of denies) {
    const before = near.filter((accept) => overrules(accept, deny) && areNear(accept.accept, deny));
    const [accept] = before;
    if (accept === undefined) deciding.push(deny);
    else if (!giveAll(before, unit, facts)) overruled.push({ deny, accept });
  }
  return { deciding, overruled };
}

function meetsUnit(accept: Deny, unit: Unit, facts: UniverseFacts): boolean {
  if (!endsMeet(unit, accept) || !portsMeet(accept.ports, { kind: 'list', items: unit.ranges })) return false;
  return [...partsOf(unit)].some((part) => canMeet(part, accept, facts));
}

/** Both stand at one end. */
function areNear(accept: Deny, { rule, deny }: ClusterwideDeny): boolean {
  const denied = { rule, field: rule.ref.field, selectors: deny.peers };
  return endsMeet(denied, { ...accept, side: 'own' }) && portsMeet(accept.ports, deny.ports);
}

function giveAll(accepts: readonly ClusterwideAccept[], unit: Unit, facts: UniverseFacts): boolean {
  const known = accepts.filter(({ rule }) => rule.unsupported.length === 0).map(({ accept }) => accept);
  return [...partsOf(unit)].every((part) => uncoveredProduct(part, known, facts).kind === 'covered');
}
