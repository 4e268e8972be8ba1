/**
 * Runs a review to its end, giving way to others between its steps. A command that has nothing else to do runs it at once
 * (src/cilium/run-to-end.ts).
 */
import type { Pause } from '../checks/check.ts';

/**
 * For a server: asked at each pause, `giveWay` decides whether enough time has passed to let other requests run, and comes
 * back with a promise if it has.
 */
export async function runGivingWay<Result>(
  review: Generator<Pause, Result>,
  giveWay: () => Promise<void> | undefined,
): Promise<Result> {
  for (;;) {
    const step = review.next();
    if (step.done === true) return step.value;
    const turn = giveWay();
    if (turn !== undefined) await turn;
  }
}
