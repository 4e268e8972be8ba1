/**
 * Compares the entry counts that the store keeps up with maps that are made afresh.
 */
import { runToEnd } from '../../src/cilium/run-to-end.ts';
import type { ClusterView } from '../../src/cluster/view.ts';
import { seededRandom } from '../workload/random.ts';

export interface Recount {
  readonly classes: number;
  /** Classes whose kept count is not the size of their map. */
  readonly different: number;
}

/** Of `wanted` identities, chosen by the seed, the classes: each once. */
export function recount(
  view: ClusterView,
  { wanted, seed }: { readonly wanted: number; readonly seed: number },
): Recount {
  const random = seededRandom(seed);
  const identities = [...view.identities()];
  const seen = new Set<string>();
  let different = 0;
  for (let index = 0; index < wanted; index += 1) {
    const identity = random.pick(identities);
    const policyClass = view.classOf(view.labelsOf(identity) ?? [], identity);
    if (seen.has(policyClass.key)) continue;
    seen.add(policyClass.key);
    if (runToEnd(view.entriesSteps(policyClass)) !== view.policyMap(policyClass).size) different += 1;
  }
  return { classes: seen.size, different };
}
