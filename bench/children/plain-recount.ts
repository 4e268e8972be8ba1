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

export interface PlainRecount extends Recount {
  /** Of the maps. */
  readonly mostEntries: number;
}

export function plainRecount(view: ClusterView, { identities, wanted, random }: Sample): PlainRecount {
  const plain = new PlainCount(view);
  const seen = new Set<string>();
  let [different, mostEntries] = [0, 0];
  const tries = identities.length === 0 ? 0 : TRIES_PER_CLASS * wanted;
  for (let time = 0; time < tries && seen.size < wanted; time += 1) {
    const identity = random.pick(identities);
    const policyClass = view.classOf(view.labelsOf(identity) ?? [], identity);
    if (seen.has(policyClass.key)) continue;
    seen.add(policyClass.key);
    const entries = plain.entriesOf(identity);
    mostEntries = Math.max(mostEntries, entries);
    if (runToEnd(view.entriesSteps(policyClass)) !== entries) different += 1;
  }
  return { classes: seen.size, different, mostEntries };
}
