/**
 * The number of entries of a class, counted in steps.
 */
import type { PolicyClass } from '../../cluster/policy-class.ts';
import type { ClusterView } from '../../cluster/view.ts';
import { PAUSE, type Pause } from '../check.ts';

export function* entriesOf(policyClass: PolicyClass, view: ClusterView): Generator<Pause, number> {
  const steps = view.entriesSteps(policyClass);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    yield PAUSE;
  }
}
