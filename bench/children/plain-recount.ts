/**
 * Compares entry counts of a view with counts from nothing, of a sample of its classes.
 */
import { runToEnd } from '../../src/cilium/run-to-end.ts';
import type { NumericIdentity } from '../../src/cilium/identity/numeric-identity.ts';
import type { ClusterView } from '../../src/cluster/view.ts';
import type { Random } from '../workload/random.ts';
import { PlainCount } from './plain-count.ts';
import type { Recount } from './recount.ts';

export interface Sample {
  /** Whose classes. */
  readonly identities: readonly NumericIdentity[];
  /** As many classes, if so many are found. */
  readonly wanted: number;
  readonly random: Random;
}

/** Many identities are in one class: that of namespaces without a policy. */
const TRIES_PER_CLASS = 20;

export function plainRecount(view: ClusterView, { identities, wanted, random }: Sample): Recount {
  const plain = new PlainCount(view);
  const seen = new Set<string>();
  let different = 0;
  const tries = identities.length === 0 ? 0 : TRIES_PER_CLASS * wanted;
  for (let time = 0; time < tries && seen.size < wanted; time += 1) {
    const identity = random.pick(identities);
    const policyClass = view.classOf(view.labelsOf(identity) ?? [], identity);
    if (seen.has(policyClass.key)) continue;
    seen.add(policyClass.key);
    if (runToEnd(view.entriesSteps(policyClass)) !== plain.entriesOf(identity)) different += 1;
  }
  return { classes: seen.size, different };
}
