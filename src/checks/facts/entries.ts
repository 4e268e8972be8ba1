/**
 * The entries of a class: how many, the map itself, and what one more identity adds, in steps between which the review pauses.
 */
import type { LabelArray } from '../../cilium/identity/label.ts';
import type { PolicyMap } from '../../cilium/policy/map/policy-map.ts';
import type { GainingClass, PolicyClass } from '../../cluster/policy-class.ts';
import type { ClusterView } from '../../cluster/view.ts';
import { PAUSE, type Pause } from '../check.ts';

/** The number of entries of a class. */
export function entriesOf(policyClass: PolicyClass, view: ClusterView): Generator<Pause, number> {
  return pausing(view.entriesSteps(policyClass));
}

export function policyMapOf(policyClass: PolicyClass, view: ClusterView): Generator<Pause, PolicyMap> {
  return pausing(view.policyMapSteps(policyClass));
}

/** The classes whose maps one more identity with these labels enters. */
export function* gainingClasses(labels: LabelArray, view: ClusterView): Generator<Pause, readonly GainingClass[]> {
  const classes: GainingClass[] = [];
  for (const gaining of view.classesGaining(labels)) {
    if (gaining === undefined) yield PAUSE;
    else classes.push(gaining);
  }
  return classes;
}

function* pausing<Result>(steps: Generator<undefined, Result>): Generator<Pause, Result> {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    yield PAUSE;
  }
}
