/** Steps of the cluster as steps of a review. */
import { PAUSE, type Pause } from '../check.ts';

export function* pausing<Result>(steps: Generator<undefined, Result>): Generator<Pause, Result> {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    yield PAUSE;
  }
}
