/**
 * Which of some pods a rule takes, where a rule may ask for thousands of labels.
 *
 * Stops at as many as are wanted. Once its steps are spent it finds nothing more: what is looked for are examples.
 * Cost: O(requirements) for each pod, up to MOST_STEPS in all, with pauses.
 */
import { Budget } from '../../cilium/budget.ts';
import type { LabelArray } from '../../cilium/identity/label.ts';
import { Pace } from '../../cilium/pace.ts';
import { matches, type EndpointSelector } from '../../cilium/policy/selector.ts';
import { PAUSE, type Pause } from '../check.ts';

/** Requirements that are held against labels. */
export const MOST_STEPS = 400_000;
export const STEPS_PER_PAUSE = 2_000;
/** Of a requirement that lists values. */
const VALUES_PER_STEP = 16;

export interface Sought<Pod> {
  readonly pods: Iterable<Pod>;
  /** By one of these. */
  readonly selectors: readonly EndpointSelector[];
  /** Before and after a change, or either. */
  readonly labelsOf: (pod: Pod) => readonly LabelArray[];
  readonly most: number;
}

export class SelectorSearch {
  readonly #budget = new Budget(MOST_STEPS);
  readonly #pace = new Pace(STEPS_PER_PAUSE);

  /** The first of them that are taken. */
  *first<Pod>({ pods, selectors, labelsOf, most }: Sought<Pod>): Generator<Pause, readonly Pod[]> {
    const cost = costOfMatch(selectors);
    const found: Pod[] = [];
    for (const pod of pods) {
      const arrays = labelsOf(pod);
      if (found.length === most || !this.#budget.spend(cost * arrays.length)) break;
      if (this.#pace.isPauseDue(cost * arrays.length)) yield PAUSE;
      if (arrays.some((labels) => takes(selectors, labels))) found.push(pod);
    }
    return found;
  }
}

export function takes(selectors: readonly EndpointSelector[], labels: LabelArray): boolean {
  return selectors.some((selector) => matches(selector, labels));
}

/** How much one look at the labels of a pod may come to. */
export function costOfMatch(selectors: readonly EndpointSelector[]): number {
  return selectors.reduce(
    (sum, { requirements }) =>
      requirements.reduce((some, { values }) => some + 1 + values.length / VALUES_PER_STEP, sum),
    1,
  );
}
