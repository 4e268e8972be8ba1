/**
 * The answer to a recorded world, held against Cilium's: entry by entry, or within the bounds that Cilium itself leaves open.
 */
import assert from 'node:assert/strict';
import type { MapAnswer } from './map-answer.ts';
import { judged, type RecordedAnswer, type UndecidedAnswer } from './recorded-worlds.ts';
import type { WorldAnswer } from './world-answer.ts';

export function assertAnswered(answer: MapAnswer, recorded: RecordedAnswer | UndecidedAnswer): void {
  if (recorded.nondeterministic === true) {
    leavesOpen(answer, recorded);
    return;
  }
  const decided = decidedAnswer(answer);
  const { ingressEnforced, egressEnforced, resolveError } = recorded;
  assert.deepEqual(judged(decided), judged(recorded));
  // Without a policy nothing is said of directions.
  if (resolveError !== undefined) return;
  if (ingressEnforced !== undefined) assert.equal(decided.ingressEnforced, ingressEnforced);
  if (egressEnforced !== undefined) assert.equal(decided.egressEnforced, egressEnforced);
}

/** With one number of entries. */
function decidedAnswer(answer: MapAnswer): WorldAnswer {
  assert.ok(!('error' in answer) && !('nondeterministic' in answer), JSON.stringify(answer));
  return answer;
}

/** Cilium itself is undecided: so is the answer, and its bounds hold what Cilium said. */
function leavesOpen(answer: MapAnswer, { mapEntries }: UndecidedAnswer): void {
  assert.ok('nondeterministic' in answer, JSON.stringify(answer));
  const { min, max } = answer.mapEntries;
  assert.ok(min <= mapEntries.min && mapEntries.max <= max, `${min} to ${max}`);
}
