/**
 * What the last few different columns came to when they were merged. The ports of one rule say the same.
 *
 * Invariant: bounded in columns and in slots; what does not fit is merged again.
 * Cost: a look O(kept columns + contributions).
 */
import type { Contribution } from './contributions.ts';

export interface MergedColumn {
  readonly column: readonly Contribution[];
  readonly slots: Uint32Array;
  /** By position in `slots`. */
  readonly precedences: Uint32Array;
  readonly origins: Uint32Array;
}

const MOST_KEPT = 16;
/** Of one column: 12 MB for all that are kept. */
const MOST_SLOTS = 2 ** 16;

export class MergedColumns {
  readonly #kept: MergedColumn[] = [];
  #next = 0;

  find(column: readonly Contribution[]): MergedColumn | undefined {
    return this.#kept.find((kept) => saysTheSame(kept.column, column));
  }

  /** In place of the one that was kept first. One contribution is merged as fast as it is recalled. */
  keep(column: readonly Contribution[], slotCount: number, make: () => MergedColumn): void {
    if (column.length === 1 || slotCount > MOST_SLOTS) return;
    this.#kept[this.#next % MOST_KEPT] = make();
    this.#next += 1;
  }
}

function saysTheSame(a: readonly Contribution[], b: readonly Contribution[]): boolean {
  if (a.length !== b.length) return false;
  return a.every(({ ids, precedence, origin }, index) => {
    const other = b[index];
    return other?.ids === ids && other.precedence === precedence && other.origin === origin;
  });
}
