/**
 * How much of its range a cluster has used up.
 *
 * In use is every CiliumIdentity object in the range of the cluster, unused and duplicate ones included, and every key of pods
 * that has none yet: each takes a number until the operator collects it. Identities of other clusters of a mesh take none.
 * Cost: O(identities), with a pause now and then.
 */
import { identityRange, isInRange } from '../../cilium/identity/numeric-identity.ts';
import type { ClusterView } from '../../cluster/view.ts';
import { PAUSE, type Pause } from '../check.ts';

const IDENTITIES_PER_PAUSE = 500;

export interface IdentitiesInUse {
  /** Numbers that the cluster can give. */
  readonly space: number;
  readonly inUse: number;
  /** Of those in use: no pod and no endpoint has them. */
  readonly unused: number;
}

export function* identitiesInUse(view: ClusterView): Generator<Pause, IdentitiesInUse> {
  const range = identityRange(view.settings.config);
  let [seen, inUse, unused] = [0, 0, 0];
  for (const identity of view.identities()) {
    if (++seen % IDENTITIES_PER_PAUSE === 0) yield PAUSE;
    if (view.hasNumber(identity) && !isInRange(range, identity)) continue;
    inUse += 1;
    const { pods, endpoints } = view.useOf(identity);
    if (pods + endpoints === 0) unused += 1;
  }
  return { space: range.size, inUse, unused };
}
