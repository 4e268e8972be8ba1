/**
 * How full the range of the cluster is, with what was admitted and is not seen yet.
 */
import type { ChangeContext } from '../context.ts';

export interface RangeUse {
  /** Numbers that are taken. */
  readonly inUse: number;
  readonly size: number;
}

export function rangeUse({ current, ledger }: ChangeContext): RangeUse {
  return { inUse: current.usage.numbersInUse + ledger.reserved, size: current.usage.rangeSize };
}

export function isBeyond({ inUse, size }: RangeUse, percent: number): boolean {
  return inUse * 100 > size * percent;
}
