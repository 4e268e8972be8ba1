/**
 * Contributions at one key -> what each identity is asked to have there, in a direction in which some rule says how peers
 * authenticate.
 *
 * Mirrors what toMapState (pkg/policy/l4.go) puts in for one key, whichever order the Go map of its selectors has.
 * Cost: O(identities of each contribution): hundreds of rules may select every identity at one key.
 */
import type { Pace } from '../../pace.ts';
import { NO_REQUIREMENT, type AuthRequirement } from '../authentication.ts';
import { isDeny, type Precedence } from '../precedence.ts';
import type { Contribution } from './contributions.ts';
import type { DistillOptions } from './distill.ts';
import type { OriginIndex } from './origin-table.ts';

/** What one identity is asked to have at one key. */
export interface Cell {
  deny: Precedence;
  denyOrigin: OriginIndex;
  allow: Precedence;
  allowOrigin: OriginIndex;
  requirement: AuthRequirement;
  listener: string | undefined;
  log: string | undefined;
  /** Its allows do not say the same, so that it is one thing before some of them come and another thing after. */
  isMixed: boolean;
  /** All of its allows come after the deny of everybody that stands at the same key. */
  isAfterDeny: boolean;
}

/** By slot. Yields where the caller may pause, at the pace that it is given. */
export function* cellsOf(
  column: readonly Contribution[],
  { slots, origins }: DistillOptions,
  pace: Pace,
): Generator<undefined, ReadonlyMap<number, Cell>> {
  const cells = new Map<number, Cell>();
  for (const { ids, precedence, origin, requirement = NO_REQUIREMENT, listener, log, isAfterDeny } of column) {
    for (const id of ids()) {
      if (pace.isPauseDue(1)) yield;
      const slot = slots.slotOf(id);
      const cell = cells.get(slot) ?? emptyCell();
      cells.set(slot, cell);
      if (isDeny(precedence)) {
        if (precedence > cell.deny) cell.denyOrigin = origin;
        else if (precedence === cell.deny) cell.denyOrigin = origins.join(cell.denyOrigin, origin);
        cell.deny = Math.max(cell.deny, precedence);
        continue;
      }
      const isSent = precedence === cell.allow && listener === cell.listener;
      cell.isMixed ||= cell.allow > 0 && !(isSent && requirement === cell.requirement && log === cell.log);
      [cell.listener, cell.log] = [listener, log];
      if (precedence > cell.allow) cell.allowOrigin = origin;
      else if (precedence === cell.allow) cell.allowOrigin = origins.join(cell.allowOrigin, origin);
      cell.allow = Math.max(cell.allow, precedence);
      cell.requirement = Math.max(cell.requirement, requirement);
      cell.isAfterDeny &&= isAfterDeny === true;
    }
  }
  return cells;
}

function emptyCell(): Cell {
  const nothing = { deny: 0, denyOrigin: 0, allow: 0, allowOrigin: 0, requirement: NO_REQUIREMENT };
  return { ...nothing, listener: undefined, log: undefined, isMixed: false, isAfterDeny: true };
}
