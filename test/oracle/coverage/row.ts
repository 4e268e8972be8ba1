/**
 * A row of what is believed of Cilium, and when a case has put it to the test.
 *
 * Rows of one number are parts of one belief. A test looks at what the row speaks of, in the case and in Cilium's answer: it may
 * miss cases, and never counts one whose answer would be the same if the belief were wrong.
 */
import { MINORS, type Minor } from '../../conformance/recorded-worlds.ts';

export interface Row<Seen> {
  readonly row: string;
  readonly says: string;
  readonly isReached: (seen: Seen) => boolean;
  /** Why no case of a minor can reach it. */
  readonly unreachable?: Reasons;
}

export type Reasons = Readonly<Partial<Record<Minor, string>>>;

/** What 1.20 brought. */
export function before120(reason: string): Reasons {
  return { '1.18': reason, '1.19': reason };
}

/** A row that no oracle and no generator reaches. */
export function unreachable(row: string, says: string, reason: string): Row<unknown> {
  const everywhere = Object.fromEntries(MINORS.map((minor) => [minor, reason]));
  return { row, says, isReached: () => false, unreachable: everywhere };
}
