/**
 * A row of what is believed of Cilium, and when a case has put it to the test.
 *
 * Rows of one number are parts of one belief.
 */
export type Row<Seen> =
  | { readonly row: string; readonly says: string; readonly isReached: (seen: Seen) => boolean }
  | { readonly row: string; readonly says: string; readonly unreachable: string };
