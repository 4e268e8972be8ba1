/**
 * The rows of "Verified with Cilium's own packages" in the specification of policy maps, by their numbers there.
 */
import { BEYOND_ROWS } from './beyond-rows.ts';
import { ENFORCEMENT_ROWS } from './enforcement-rows.ts';
import { PEER_ROWS } from './peer-rows.ts';
import { PORT_ROWS } from './port-rows.ts';
import { PREFIX_ROWS } from './prefix-rows.ts';
import type { Row } from './row.ts';
import type { SeenWorld } from './seen-world.ts';

export const POLICY_MAP_ROWS: readonly Row<SeenWorld>[] = [
  ...ENFORCEMENT_ROWS,
  ...PEER_ROWS,
  ...PORT_ROWS,
  ...PREFIX_ROWS,
  ...BEYOND_ROWS,
];
